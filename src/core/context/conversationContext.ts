import type { Conversation } from '../conversation/model.ts';
import type { UpdatePart } from '../conversation/parts.ts';
import { stillSent } from '../conversation/sentParts.ts';
import type { PackManifest } from '../request/pack.ts';
import { takeRemoved } from '../request/packRemovals.ts';
import { type Held, heldFiles, updatesOf, updating } from '../request/packUpdates.ts';
import type { Steps } from '../steps.ts';
import type { PinnedFile } from './pinned.ts';

/** The pack that a conversation stands on, read from the store. */
export interface OpenPack {
  readonly manifest: PackManifest;
  readonly text: string;
}

/** Updates that Claude still sees: those of questions that are sent, and that no newer pack has taken in. */
export function sentUpdates(conversation: Conversation): readonly UpdatePart[] {
  return stillSent(conversation, false).exchanges.flatMap(({ question }) => {
    if (!question || question.superseded) return [];
    const { parts, leftOut = [] } = question;
    return parts.flatMap((part, at) => (part.kind === 'update' && !leftOut.includes(at) ? [part] : []));
  });
}

/**
 * What Claude has of each path: from the pack, undefined where there is none, and from the updates that it still sees,
 * after those that it is going to be `told` in any case.
 */
export function heldBy(
  conversation: Conversation,
  pack: OpenPack | undefined,
  told: readonly UpdatePart[] = [],
): ReadonlyMap<string, Held> {
  const sent = [...sentUpdates(conversation), ...told];
  if (pack) return heldFiles(pack.manifest, pack.text, sent);
  return heldFiles(NO_FILES, '', conversation.system?.pack ? standingAlone(sent) : sent);
}

/** Of updates to a pack that is lost those that can be read without it; the other files are as if never sent. */
function standingAlone(updates: readonly UpdatePart[]): readonly UpdatePart[] {
  const known = new Set<string>();
  return updates.filter((update) => {
    const { path, from = path, form, change } = update;
    const isBased = known.has(from);
    if (change === 'removed') return takeRemoved(known, update);
    if (form !== 'whole' && !isBased) return false;
    known.delete(from);
    known.add(path);
    return true;
  });
}

/**
 * What has to go out with the next question of a conversation, behind what it is `told` in any case, so that Claude has the
 * pinned files as they are now. The same values give the same parts.
 */
export function pendingUpdates(
  conversation: Conversation,
  pack: OpenPack | undefined,
  now: readonly PinnedFile[],
  told: readonly UpdatePart[] = [],
): readonly UpdatePart[] {
  return updatesOf(heldBy(conversation, pack, told), now);
}

/** The same in steps; once they are done `pendingUpdates` finds the result. */
export function findingUpdates(
  conversation: Conversation,
  pack: OpenPack | undefined,
  now: readonly PinnedFile[],
  told: readonly UpdatePart[] = [],
): Steps<readonly UpdatePart[]> {
  return updating(heldBy(conversation, pack, told), now);
}

const NO_FILES: PackManifest = { files: [] };
