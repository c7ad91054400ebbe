import type { Conversation, FrozenPack, UserTurn } from '../../../core/conversation/model.ts';
import type { UpdatePart } from '../../../core/conversation/parts.ts';

/**
 * The updates with which conversations of this window began, by the pack they are for. A conversation that begins with the
 * same ones, and behind them what has changed since, reads them from the cache.
 */
export interface Openings {
  /** Takes note of what a conversation was told with its first question, once that was answered. */
  note(conversation: Conversation, pack: FrozenPack): void;
  /** What the last conversation was told that began with this pack; the same parts each time. */
  of(pack: FrozenPack): readonly UpdatePart[];
}

export function createOpenings(): Openings {
  const told = new Map<string, readonly UpdatePart[]>();
  return {
    note({ turns }, { sha256 }) {
      const questions = turns.filter((turn) => turn.role === 'user');
      const [first] = questions;
      if (!first || questions.length > 1) return;
      told.delete(sha256);
      told.set(sha256, toldBy(first));
      for (const oldest of told.keys()) if (told.size > MOST_PACKS) told.delete(oldest);
    },
    of: ({ sha256 }) => told.get(sha256) ?? NOTHING,
  };
}

/** As many as there are revisions that a conversation may begin with. */
const MOST_PACKS = 8;

const NOTHING: readonly UpdatePart[] = [];

/** A question of which the API has refused an update opens no other conversation. */
function toldBy({ parts, leftOut = [], superseded }: UserTurn): readonly UpdatePart[] {
  const updates = parts.flatMap((part, at) => (part.kind === 'update' ? [{ part, at }] : []));
  if (superseded || updates.some(({ at }) => leftOut.includes(at))) return NOTHING;
  return updates.map(({ part }) => (part.shared ? part : { ...part, shared: true }));
}
