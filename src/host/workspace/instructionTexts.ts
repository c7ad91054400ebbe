/** Instructions of a workspace as they go into a system prompt. */
export interface InstructionFile {
  /** `AGENTS.md`, or `folder/AGENTS.md` where the workspace has several folders. */
  readonly name: string;
  readonly text: string;
}

/** Larger files, in bytes, are left out: nobody has to pay for them with every question unasked. */
export const MOST_BYTES = 64 * 1024;

/** The files that other tools read as well, in the order in which they are sent. */
export const INSTRUCTION_FILES = ['AGENTS.md', 'CLAUDE.md'] as const;

/**
 * Decodes files (UTF-8, no byte order mark, line feeds only) and leaves out what says nothing new: empty
 * ones, a text that another has already (CLAUDE.md is often a copy of AGENTS.md or a link to it), and
 * a CLAUDE.md that only imports AGENTS.md.
 */
export function instructionTexts(
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): readonly InstructionFile[] {
  const seen = new Set<string>();
  return files.flatMap(({ name, bytes }) => {
    const text = new TextDecoder().decode(bytes).replaceAll('\r\n', '\n');
    const content = text.trim();
    if (content === '' || ONLY_AN_IMPORT.test(content) || seen.has(content)) return [];
    seen.add(content);
    return [{ name, text }];
  });
}

/** Claude Code's way to let CLAUDE.md stand for AGENTS.md. */
const ONLY_AN_IMPORT = /^@(\.\/)?AGENTS\.md$/;
