import type { AssistantTurn, Compaction, Conversation } from '../conversation/model.ts';

/**
 * The answers whose thinking may be sent, by id. A thinking block is bound to all that stood before it when it was
 * made, earlier thinking included; thinking may be missing at the start of a history but not in its middle
 * (API docs, extended thinking: prefix check). So an answer keeps its thinking only under the compaction that it was
 * asked with, and only after the newest turn whose thinking was given up.
 */
export function answersWithThinking(
  conversation: Conversation,
  compaction: Compaction | undefined,
): ReadonlySet<string> {
  const { turns } = conversation;
  const start = compaction ? turns.findIndex((turn) => turn.id === compaction.through) + 1 : 0;
  const answers = turns.slice(start).filter((turn) => turn.role === 'assistant');
  const kept = new Set(askedMeanwhile(conversation, answers, compaction));
  for (const answer of answers) if (answer.compaction === compaction?.id) kept.add(answer.id);
  for (const turn of turns.slice(0, givenUp(conversation))) kept.delete(turn.id);
  return kept;
}

/** Whether the API signed the summary, so that what was asked while it was made stays valid behind it. */
export function isSigned({ blocks }: Pick<Compaction, 'blocks'>): boolean {
  return blocks.some((block) => typeof block.signature === 'string' && block.signature !== '');
}

/**
 * Answers that were asked while the summary was on its way: the first ones behind it, as far as they were all asked
 * under the same prefix. An unsigned summary, this one or an earlier one, stands for other bytes than the history, and
 * so does one of turns that were repaired since.
 */
function askedMeanwhile(
  conversation: Conversation,
  answers: readonly AssistantTurn[],
  compaction: Compaction | undefined,
): readonly string[] {
  const first = answers[0];
  if (!compaction || !first || first.compaction === compaction.id) return [];
  const { compactions } = conversation;
  const earlier = compactions.slice(0, compactions.indexOf(compaction) + 1);
  const theirs = compactions.filter(({ id }) => id === first.compaction);
  const allSigned = [...earlier, ...theirs].every((one) => one.blocks.length === 0 || isSigned(one));
  if (!allSigned || isRepairedSince(conversation, compaction)) return [];
  const end = answers.findIndex((answer) => answer.compaction !== first.compaction);
  return answers.slice(0, end < 0 ? answers.length : end).map((answer) => answer.id);
}

function isRepairedSince({ turns, aside }: Conversation, { through }: Compaction): boolean {
  const end = turns.findIndex((turn) => turn.id === through) + 1;
  const summarized = new Set(turns.slice(0, end).map(({ id }) => id));
  return [...turns.slice(end), ...aside].some(
    (turn) =>
      turn.role === 'assistant' &&
      (turn.repairs ?? []).some((repair) => 'turn' in repair && summarized.has(repair.turn)),
  );
}

/**
 * How many turns from the start have lost their thinking. The turn that was named may lie aside since; then those
 * before it count that are still there. When it is nowhere (its line was damaged), none has; the API's own check decides.
 */
function givenUp({ turns, aside, thinkingLeftOutThrough }: Conversation): number {
  let id: string | null | undefined = thinkingLeftOutThrough;
  const seen = new Set<string>();
  while (typeof id === 'string' && !seen.has(id)) {
    const at = turns.findLastIndex((turn) => turn.id === id);
    if (at >= 0) return at + 1;
    seen.add(id);
    id = aside.findLast((turn) => turn.id === id)?.parent;
  }
  return 0;
}
