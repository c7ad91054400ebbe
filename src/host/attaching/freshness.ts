import type * as vscode from 'vscode';
import type { DraftAttachment } from '../../core/attaching.ts';
import type { Part } from '../../core/conversation/parts.ts';
import { pictureState } from '../workspace/pictureOrigin.ts';
import { glance, type Sourced, watchSources } from '../workspace/recollect.ts';

/** Whether attachments are still as what they were taken from. */
export interface Freshness extends vscode.Disposable {
  /** Undefined while it is the same, as far as is known. */
  stateOf(id: string): 'changed' | 'gone' | undefined;
  /** Watches the sources of these, in place of those before, for this conversation. */
  watch(conversation: string, attachments: readonly DraftAttachment[]): void;
  /** Compares all that are watched. */
  look(): void;
  /** It was taken anew, or is attached no more. */
  settle(id: string): void;
  /** Nothing is watched any more. */
  sleep(): void;
}

/** Hears that some are another way now; `moved` has new parts for those whose text stands at other lines. */
export type FreshnessHeard = (conversation: string, moved: ReadonlyMap<Part, Part>) => void;

/** One comparison is under way at a time; what is to be compared meanwhile is compared after it, once. */
export function createFreshness(heard: FreshnessHeard): Freshness {
  const states = new Map<string, 'changed' | 'gone'>();
  const due = new Set<DraftAttachment>();
  let watched: readonly DraftAttachment[] = [];
  let of = '';
  let watching: vscode.Disposable | undefined;
  let isLooking = false;

  function lookAt(attachments: readonly DraftAttachment[]): void {
    for (const attachment of attachments) due.add(attachment);
    if (!isLooking) void work();
  }

  async function work(): Promise<void> {
    isLooking = true;
    while (due.size > 0) {
      const now = [...due];
      due.clear();
      await compareAll(of, now);
    }
    isLooking = false;
  }

  async function compareAll(conversation: string, attachments: readonly DraftAttachment[]): Promise<void> {
    const moved = new Map<Part, Part>();
    let isNew = false;
    for (const attachment of attachments) {
      const { state: now, moved: to } = await compared(attachment);
      // It may have been taken anew or removed meanwhile.
      if (!watched.includes(attachment)) continue;
      const state = now === 'same' ? undefined : now;
      isNew ||= states.get(attachment.id) !== state;
      if (state) states.set(attachment.id, state);
      else states.delete(attachment.id);
      if (to) moved.set(attachment.part, to);
    }
    if (isNew || moved.size > 0) heard(conversation, moved);
  }

  function sleep(): void {
    watching?.dispose();
    watching = undefined;
    watched = [];
    due.clear();
  }

  return {
    stateOf: (id) => states.get(id),
    watch(conversation, attachments) {
      if (attachments === watched && conversation === of) return;
      watching?.dispose();
      watched = attachments;
      of = conversation;
      watching = attachments.length === 0 ? undefined : watchSources(attachments, lookAt);
    },
    look: () => lookAt(watched),
    settle: (id) => void states.delete(id),
    sleep,
    dispose: sleep,
  };
}

async function compared({
  part,
  origin,
}: Sourced): Promise<{ readonly state: 'same' | 'changed' | 'gone'; readonly moved?: Part }> {
  return origin ? { state: await pictureState(origin) } : glance(part);
}
