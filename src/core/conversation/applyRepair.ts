import { changeBlock, changeCompaction, changeQuestion } from './changing.ts';
import type { Conversation, Repair } from './model.ts';

/** What a repair changes in the conversation; those that concern the endpoint alone change nothing. */
export function applyRepair(conversation: Conversation, change: Repair): Conversation {
  switch (change.kind) {
    case 'fieldDropped':
    case 'maxTokensLowered':
      return conversation;
    case 'partLeftOut':
      return changeQuestion(conversation, change.turn, (question) => ({
        ...question,
        leftOut: [...(question.leftOut ?? []), change.part],
        ...(change.gone ? { gone: [...(question.gone ?? []), change.part] } : {}),
      }));
    case 'partReplaced':
      return changeQuestion(conversation, change.turn, (question) => ({
        ...question,
        parts: question.parts.map((part, at) => (at === change.part ? change.by : part)),
      }));
    case 'blockLeftOut':
      return changeBlock(conversation, change, (block) => ({ ...block, leftOut: true }));
    case 'thinkingLeftOut':
      return { ...conversation, thinkingLeftOutThrough: change.through };
    case 'turnWithdrawn':
      return changeQuestion(conversation, change.turn, (question) => ({ ...question, withdrawn: true }));
    case 'compactionDropped':
      return changeCompaction(conversation, change.compaction, (before) => ({ ...before, state: 'dropped' }));
    case 'packGone': {
      const { system } = conversation;
      if (!system?.pack) return conversation;
      return { ...conversation, system: { ...system, pack: { ...system.pack, gone: true } } };
    }
    default:
      return unknown(conversation, change);
  }
}

/** A repair of a newer version. */
function unknown(conversation: Conversation, _change: never): Conversation {
  return conversation;
}
