import type { SystemText } from '../conversation/model.ts';

/** A file whose text goes into the system prompt, under the name that the user knows it by. */
export interface InstructionFile {
  readonly name: string;
  readonly text: string;
}

/**
 * The system prompt of a new conversation: who answers and where, then the user's own instructions from the
 * general to the particular. Blank texts are left out.
 * Nothing that changes (date, open file) may stand here: it would cost the prompt cache at every turn.
 */
export function systemTexts(of: {
  /** The setting. */
  readonly instructions: string;
  readonly conversationInstructions: string;
  readonly files: readonly InstructionFile[];
}): readonly SystemText[] {
  const files = of.files.filter((file) => !isBlank(file.text));
  const texts: readonly SystemText[] = [
    { source: 'base', text: BASE },
    { source: 'settings', text: of.instructions },
    ...files.map((file) => ({ source: file.name, text: introduced(file) })),
    { source: 'conversation', text: of.conversationInstructions },
  ];
  return texts.filter((entry) => !isBlank(entry.text));
}

const BASE = [
  'You are Claude, talking with a developer in a chat panel inside their code editor.',
  'You see what they type and attach and the files of their workspace that are given to you, if any, and nothing else; you cannot run anything or change files.',
  'Answer in Markdown. Put code in fenced blocks with the language named.',
  'When something needed for a good answer is missing, say what it is.',
].join(' ');

function introduced({ name, text }: InstructionFile): string {
  return `Instructions from the file ${name} of the workspace:\n\n${text}`;
}

function isBlank(text: string): boolean {
  return text.trim() === '';
}
