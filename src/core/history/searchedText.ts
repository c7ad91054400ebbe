import { answerText, type Conversation, type Turn } from '../conversation/model.ts';
import type { Part } from '../conversation/parts.ts';

/** What of a turn is searched. */
export interface SearchedTurn {
  readonly turn: string;
  readonly text: string;
}

/** Questions, names of what was attached to them, and answers; neither thinking nor branches that were left. */
export function searchedTurns({ turns }: Conversation): readonly SearchedTurn[] {
  return turns.map((turn) => ({ turn: turn.id, text: textOf(turn) })).filter(({ text }) => text !== '');
}

function textOf(turn: Turn): string {
  if (turn.role === 'assistant') return answerText(turn);
  return turn.parts.map(partText).join('\n');
}

function partText(part: Part): string {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'code':
      return part.symbol === undefined ? part.path : `${part.path} ${part.symbol}`;
    case 'image':
    case 'document':
    case 'excerpt':
      return part.label;
    default:
      return '';
  }
}
