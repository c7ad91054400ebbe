import { answerText, type Conversation, type Turn } from '../../core/conversation/model.ts';
import type { ExcerptPart } from '../../core/conversation/parts.ts';

/**
 * A conversation as text: what was asked and answered, without thinking and attachments. Its text is empty where nothing
 * was said.
 */
export function conversationExcerpt(conversation: Conversation): ExcerptPart {
  const { id, title, turns } = conversation;
  const said = turns.flatMap((turn) => {
    const text = wordsOf(turn).trim();
    const who = turn.role === 'user' ? 'User' : 'Claude';
    return text === '' ? [] : [`[${who}]\n${text}\n`];
  });
  return {
    kind: 'excerpt',
    origin: 'conversation',
    label: title,
    languageId: 'markdown',
    text: said.join('\n'),
    detail: id,
  };
}

function wordsOf(turn: Turn): string {
  if (turn.role === 'assistant') return answerText(turn);
  return turn.parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join('\n\n');
}
