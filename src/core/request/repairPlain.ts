import type { OptionalField } from '../conversation/model.ts';
import { isThought } from './history.ts';
import { leaveOut, type Need } from './limits.ts';
import { carries, originAt, type Refused } from './refused.ts';
import { allThinking, newestQuestion } from './sentParts.ts';

/**
 * A refusal that gives no hint: the plainest request that says the same. No optional field, no thinking, of the answers
 * nothing but their words.
 */
export function plain({ composed, failure }: Refused): readonly Need[] {
  if (failure.kind === 'tooLarge') return [];
  const carried = OPTIONAL.filter((field) => carries(composed, field));
  // Without cache points every later question costs more, so they go last.
  const cheap = carried.filter((field) => field !== 'cache_control');
  const fields = cheap.length > 0 ? cheap : carried;
  const blocks = composed.request.messages.flatMap((message, index) => {
    if (message.role !== 'assistant') return [];
    return message.content.flatMap((block, at): readonly Need[] => {
      const origin = originAt(composed, index, at);
      const isKnown = block.type === 'text' || isThought(block) || origin?.turn === composed.compaction;
      return isKnown || !origin ? [] : [{ kind: 'blockLeftOut', turn: origin.turn, index: origin.index }];
    });
  });
  return [
    ...fields.map((field): Need => ({ kind: 'fieldDropped', field, guessed: true })),
    ...blocks,
    ...allThinking(composed),
  ];
}

/**
 * The last thing to try: what is attached to the newest question. When the question before it failed in the same way,
 * the fault lies further back, and everything that is attached goes, and the summary.
 */
export function withoutAttachments({ composed, conversation }: Refused): readonly Need[] {
  const { compaction, context_management } = composed.request;
  if (compaction || context_management) return [];
  const newest = newestQuestion(composed);
  const questions = conversation.turns.filter((turn) => turn.role === 'user');
  const at = questions.findIndex((question) => question.id === newest);
  const fromHere = questions.slice(at, at + 1).flatMap(attachments);
  if (fromHere.length > 0 || !questions[at - 1]?.withdrawn) return fromHere;
  const sent = new Set(composed.origins.flat().map(({ turn }) => turn));
  const all = questions.filter(({ id }) => sent.has(id)).flatMap(attachments);
  const { compaction: inForce } = composed;
  return inForce === undefined ? all : [...all, { kind: 'compactionDropped', compaction: inForce }];
}

const OPTIONAL: readonly OptionalField[] = ['thinking', 'effort', 'cache_control', 'diagnostics'];

type Question = Extract<Refused['conversation']['turns'][number], { readonly role: 'user' }>;

function attachments({ id, parts, leftOut = [] }: Question): readonly Need[] {
  return parts.flatMap((part, index) =>
    part.kind === 'text' || leftOut.includes(index) ? [] : [leaveOut({ turn: id, part: index })],
  );
}
