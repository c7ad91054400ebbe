/**
 * The system prompt of a new conversation: who answers and where, then the user's own instructions.
 * Nothing that changes (date, open file) may stand here: it would cost the prompt cache at every turn.
 */
export function systemTexts(instructions: string): readonly string[] {
  return instructions === '' ? [BASE] : [BASE, instructions];
}

const BASE = [
  'You are Claude, talking with a developer in a chat panel inside their code editor.',
  'You see what they type and attach, and nothing else of their workspace; you cannot run anything or change files.',
  'Answer in Markdown. Put code in fenced blocks with the language named.',
  'When something needed for a good answer is missing, say what it is.',
].join(' ');
