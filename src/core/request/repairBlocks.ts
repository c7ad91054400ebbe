import { findTurn } from '../conversation/model.ts';
import type { Place } from './complaint.ts';
import { isThought } from './history.ts';
import { leaveOut, type Need } from './limits.ts';
import { originAt, type Refused } from './refused.ts';
import { allThinking, newestQuestion } from './sentParts.ts';

/** The block that the complaint points at is left out; thinking that does not fit goes altogether. */
export function repairBlock(refused: Refused): readonly Need[] {
  const { complaint, composed } = refused;
  const pointed = complaint.places.flatMap((place) => atPlace(place, refused));
  if (pointed.length > 0) return pointed;
  return THINKING.test(complaint.message) ? allThinking(composed) : [];
}

/** A message that is refused as a whole leaves with its exchange; not so the newest question, which is being asked. */
export function repairMessage(refused: Refused): readonly Need[] {
  return refused.complaint.places.flatMap(({ message }) => withdraw(message, refused));
}

/**
 * Some gateways want questions and answers to take turns. A question that never got an answer then leaves, and so
 * does the exchange of an answer that follows another one.
 */
export function repairRoles(refused: Refused): readonly Need[] {
  const { complaint, composed } = refused;
  if (!ROLES.test(complaint.message)) return [];
  const { messages } = composed.request;
  const repeated = messages.flatMap((message, index) =>
    message.role === messages[index + 1]?.role ? withdraw(index, refused) : [],
  );
  const starts = messages[0]?.role === 'user' ? [] : withdraw(0, refused);
  const { compaction } = composed;
  if (repeated.length + starts.length > 0) return [...starts, ...repeated];
  return compaction === undefined ? [] : [{ kind: 'compactionDropped', compaction }];
}

/** What is said of thinking in the history, as opposed to the field. */
const THINKING =
  /signature|redacted_thinking|thinking`? blocks?|bound to a different|cannot be `?thinking|expected `?thinking/;
const ROLES =
  /alternat|roles? must|multiple `?"?(user|assistant)|in a row|consecutive|first message|must (start|begin) with|prefill/;

function atPlace(place: Place, refused: Refused): readonly Need[] {
  const { complaint, composed, conversation } = refused;
  const origin = originAt(composed, place.message, place.block);
  const message = composed.request.messages[place.message];
  const block = message?.content[place.block ?? -1];
  if (message?.role === 'assistant' && (THINKING.test(complaint.message) || (block && isThought(block)))) {
    const thinking = allThinking(composed);
    if (thinking.length > 0) return thinking;
  }
  const turn = origin && findTurn(conversation, origin.turn);
  if (!origin || !turn || !block) return [];
  if (turn.role === 'user')
    return turn.leftOut?.includes(origin.index) ? [] : [leaveOut({ ...origin, part: origin.index })];
  return block.type === 'text' ? [leaveOutBlock(origin)] : allOfType(block.type, refused);
}

/** An endpoint that does not know a block does not know the others of its type either. */
function allOfType(type: string, { composed }: Refused): readonly Need[] {
  return composed.request.messages.flatMap((message, index) => {
    if (message.role !== 'assistant') return [];
    return message.content.flatMap((block, at) => {
      const origin = originAt(composed, index, at);
      return block.type === type && origin ? [leaveOutBlock(origin)] : [];
    });
  });
}

function leaveOutBlock({ turn, index }: { readonly turn: string; readonly index: number }): Need {
  return { kind: 'blockLeftOut', turn, index };
}

function withdraw(message: number, { composed, conversation }: Refused): readonly Need[] {
  const { turns } = conversation;
  const id = composed.origins[message]?.[0]?.turn;
  const at = turns.findLastIndex((turn) => turn.id === id);
  const question = turns.slice(0, at + 1).findLast((turn) => turn.role === 'user');
  if (!question || question.id === newestQuestion(composed)) return [];
  return [{ kind: 'turnWithdrawn', turn: question.id }];
}
