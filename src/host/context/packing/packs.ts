import { type OpenPack, pendingUpdates, sentUpdates } from '../../../core/context/conversationContext.ts';
import type { Pinned, PinnedFile } from '../../../core/context/pinned.ts';
import type { WorkspaceContext } from '../../../core/conversation/askContext.ts';
import { emptyConversation } from '../../../core/conversation/events.ts';
import type { CacheTtl, Conversation, FrozenPack } from '../../../core/conversation/model.ts';
import type { UpdatePart } from '../../../core/conversation/parts.ts';
import { choosePackTtl } from '../../../core/money/pace.ts';
import type { AttachmentStore, Clock } from '../../../core/ports.ts';
import type { PinnedFiles } from '../pinning/pinnedFiles.ts';
import { createOpenings } from './openings.ts';
import { type Beginning, compared, createPackChoice, type Unplaced } from './packChoice.ts';
import type { MadePack, PackStore } from './packStore.ts';
import type { CarriedPack, Revisions } from './revisions.ts';

/** Gives conversations the pack they begin with, and what has to be told them since. */
export interface Packs {
  /** To be used in place of the store that it was made with: it has the packs that are not stored yet as well. */
  readonly attachments: AttachmentStore;
  /**
   * What the workspace gives to a conversation. For a request that is about to be sent (`sending`) it waits until the pinned
   * files have been read, and stores the pack; for a quote it takes what is known. `context` is the rest of what is asked with.
   */
  contextFor(conversation: Conversation, context: Unplaced, sending: boolean): Promise<WorkspaceContext>;
  /** How a conversation stands to the pinned files; undefined while nothing is pinned, or where they do not concern it. */
  standingOf(conversation: Conversation, context: Unplaced): Promise<Standing | undefined>;
  /** Whether what is pinned here has to do with a conversation: it began in this workspace, or has not begun. */
  concerns(conversation: Conversation): boolean;
  /** A conversation has begun with its pack. */
  began(conversation: Conversation): void;
  /** A request that carried a pack was answered. The next window knows from it what the cache holds. */
  carried(conversation: Conversation, pack: FrozenPack, carried: CarriedPack): void;
  /** The fresh pack, stored; new conversations begin with no other from now on. Undefined where nothing is pinned. */
  repack(): Promise<FrozenPack | undefined>;
  /** The API has counted a pack. */
  counted(pack: FrozenPack, modelId: string, tokens: number): void;
}

/** A conversation beside the pinned files. */
export interface Standing {
  readonly pinned: Pinned;
  /** What the conversation stands on, or would begin with. */
  readonly pack?: FrozenPack;
  readonly open?: OpenPack;
  readonly fresh: FrozenPack;
  readonly sent: readonly UpdatePart[];
  readonly pending: readonly UpdatePart[];
  /** Those of them that a new conversation is told first because the cache has them. */
  readonly told: readonly UpdatePart[];
  /** Of the pack as this model counts it, and whether the API has. */
  readonly packTokens: number;
  readonly exact: boolean;
  readonly packTtl: WorkspaceContext['packTtl'];
}

export interface PacksParts {
  readonly pinned: PinnedFiles;
  readonly store: PackStore;
  readonly revisions: Revisions;
  /** Names the workspace; undefined in an empty window. */
  readonly workspace: string | undefined;
  /** The setting. */
  readonly cacheTtl: () => 'auto' | CacheTtl;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

export function createPacks(parts: PacksParts): Packs {
  const { pinned, store, revisions, workspace, clock } = parts;
  const seeded = new Set<string>();
  const complained = new Set<string>();

  function concerns({ system }: Conversation): boolean {
    return workspace !== undefined && (!system || system.workspace === workspace);
  }

  /** What earlier windows have cached for this account; entered once. */
  function seed({ ledger, ledgerName }: Pick<Unplaced, 'ledger' | 'ledgerName'>): void {
    if (seeded.has(ledgerName)) return;
    seeded.add(ledgerName);
    for (const { carried } of revisions.all) {
      if (carried?.ledgerName === ledgerName) ledger.note(carried.points, carried.usage, carried.at);
    }
  }

  /** What is pinned, undefined where nothing is or nothing is known yet; and whether it is still being looked at. */
  async function pinnedNow({ system }: Conversation, isSending: boolean, context?: Unplaced): Promise<Known> {
    await Promise.all([pinned.ready(), revisions.ready()]);
    if (context) seed(context);
    if (pinned.pins.length === 0) {
      // Of a conversation with a pack it has to be told that its files are pinned no more.
      const isOver = pinned.known !== undefined || system?.pack !== undefined;
      return isOver ? { now: NOTHING_PINNED } : {};
    }
    const late = wait(isSending ? SENDING_WAITS : QUOTE_WAITS).then((): typeof LATE => LATE);
    const looked = await Promise.race([pinned.current(), late]);
    if (looked !== LATE) return looked ? { now: looked } : {};
    return pinned.known ? { now: pinned.known, pending: 'stale' } : { pending: 'unknown' };
  }

  function placeOf(
    pack: FrozenPack | undefined,
    updatesFor: WorkspaceContext['updatesFor'],
  ): WorkspaceContext {
    return {
      packTtl: packTtl(),
      updatesFor,
      ...(workspace === undefined ? {} : { id: workspace }),
      ...(pack ? { pack } : {}),
    };
  }

  const packTtl = (): WorkspaceContext['packTtl'] =>
    choosePackTtl(parts.cacheTtl(), revisions.uses, clock.now());
  const openings = createOpenings();
  const { choose, tokensOf } = createPackChoice({ store, revisions, openings, clock, packTtl });
  /** The way in which the conversation begins that is asking its first question. */
  let beginning: Beginning | undefined;

  /** The pack that a conversation stands on, or the one that it would begin with and how. */
  async function basisOf(
    conversation: Conversation,
    now: Pinned,
    context: Unplaced,
  ): Promise<Partial<Beginning>> {
    const { system } = conversation;
    if (!system) return (await choose(now.files, context)) ?? {};
    const { pack } = system;
    const open = pack && !pack.gone ? await store.open(pack) : undefined;
    if (pack && !open && !pack.gone && !complained.has(pack.sha256)) {
      complained.add(pack.sha256);
      parts.log('The pinned files of a conversation could not be read from the storage.');
    }
    if (!isUnknown(pack, open)) await compared(conversation, open, now.files);
    const told = pack ? openings.of(pack) : [];
    return { ...(pack ? { pack } : {}), ...(open ? { open } : {}), told };
  }

  async function keep(made: MadePack): Promise<void> {
    const kept = await store.keep(made);
    if (!kept.ok) parts.log('The pinned files could not be stored; they are kept in memory.');
    revisions.change(made.pack, (before) => before);
  }

  async function storeUnsaved(): Promise<void> {
    const stored = await store.storeUnsaved();
    if (!stored.ok) parts.log('Pinned files of an earlier question still cannot be stored.');
  }

  return {
    attachments: store.attachments,
    async contextFor(conversation, context, sending) {
      if (!concerns(conversation)) return placeOf(undefined, () => []);
      if (sending) await storeUnsaved();
      const { now, pending } = await pinnedNow(conversation, sending, context);
      const waiting = pending ? { pending } : {};
      if (!now) return { ...placeOf(undefined, () => []), ...waiting };
      const { pack, open, told = [], surplusUsd = 0 } = await basisOf(conversation, now, context);
      if (sending && !conversation.system && pack && open) {
        await keep({ pack, open });
        beginning = { pack, open, told, surplusUsd };
      }
      const place = placeOf(conversation.system ? undefined : pack, (asked) => {
        const isOther = asked.system?.pack && asked.system.pack.sha256 !== pack?.sha256;
        return isOther || isUnknown(pack, open) ? [] : updatesFor(asked, open, now.files, told);
      });
      return { ...place, ...waiting };
    },
    async standingOf(conversation, context) {
      if (!concerns(conversation)) return undefined;
      const { now } = await pinnedNow(conversation, false, context);
      if (!now) return undefined;
      const { pack, open, told = [] } = await basisOf(conversation, now, context);
      const fresh = await store.fresh(now.files);
      const counted = tokensOf(pack ?? fresh.pack, context.model.id);
      return {
        pinned: now,
        ...(pack ? { pack } : {}),
        ...(open ? { open } : {}),
        fresh: fresh.pack,
        sent: sentUpdates(conversation),
        pending: isUnknown(pack, open) ? [] : updatesFor(conversation, open, now.files, told),
        told: conversation.system ? [] : told,
        packTokens: counted.tokens,
        // What has changed since it was counted is an estimate.
        exact: counted.exact && pack?.sha256 === fresh.pack.sha256,
        packTtl: packTtl(),
      };
    },
    concerns,
    began(conversation) {
      const { system, turns } = conversation;
      const isBeginning = turns.filter(({ role }) => role === 'user').length === 1;
      // A fork has paid for its updates already.
      if (!isBeginning || !concerns(conversation)) return;
      if (!beginning || beginning.pack.sha256 !== system?.pack?.sha256) return;
      const { pack, surplusUsd } = beginning;
      beginning = undefined;
      revisions.change(pack, (before) => ({ ...before, carriedUsd: before.carriedUsd + surplusUsd }));
    },
    carried(conversation, pack, carried) {
      if (!concerns(conversation)) return;
      revisions.used(carried.at);
      openings.note(conversation, pack);
      // One that was given up does not come back because an old conversation goes on with it.
      if (revisions.find(pack)) revisions.change(pack, (before) => ({ ...before, carried }));
    },
    async repack() {
      const { now } = await pinnedNow(NEW, true);
      if (!now || now.files.length === 0) return undefined;
      const made = await store.fresh(now.files);
      await keep(made);
      revisions.change(made.pack, (before) => ({ ...before, carriedUsd: 0 }));
      revisions.retire(({ pack }) => pack.sha256 === made.pack.sha256);
      return made.pack;
    },
    counted(pack, modelId, tokens) {
      revisions.change(pack, (before) => ({
        ...before,
        counted: { ...before.counted, [modelId]: tokens },
      }));
    },
  };
}

/** A pack that cannot be read just now stands in its conversation all the same: nothing can be compared with it. */
function isUnknown(pack: FrozenPack | undefined, open: OpenPack | undefined): boolean {
  return pack !== undefined && !open && !pack.gone;
}

/** What goes out with the next question; a conversation that asks its first one is told the same as the last one first. */
function updatesFor(
  conversation: Conversation,
  open: OpenPack | undefined,
  files: readonly PinnedFile[],
  told: readonly UpdatePart[],
): readonly UpdatePart[] {
  const isFirst = told.length > 0 && !conversation.turns.some(({ role }) => role === 'user');
  const since = isFirst ? pendingUpdates(conversation, open, files, told) : [];
  // What is pinned no more is not sent to be taken back.
  if (isFirst && !since.some(({ change }) => change === 'removed')) return [...told, ...since];
  return pendingUpdates(conversation, open, files);
}

/** What is known of the pinned files; without `now` nothing is. */
interface Known {
  readonly now?: Pinned;
  readonly pending?: 'unknown' | 'stale';
}

const NOTHING_PINNED: Pinned = { files: [], leftOut: [] };

/** Stands for a look that has not come to its end in time. */
const LATE = Symbol('late');

/** A conversation before its first question. */
const NEW = emptyConversation('', 0);

/** How long a question waits for pinned files to be read, and how long a quote does, in ms. */
const SENDING_WAITS = 15_000;
const QUOTE_WAITS = 60;

function wait(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}
