/**
 * What a fence calls a language, and what VS Code calls it. Names that are the same in both are left out.
 */
const EDITOR_IDS: Readonly<Record<string, string>> = {
  bash: 'shellscript',
  'c++': 'cpp',
  cc: 'cpp',
  cmd: 'bat',
  cs: 'csharp',
  docker: 'dockerfile',
  fish: 'shellscript',
  golang: 'go',
  gradle: 'groovy',
  h: 'c',
  hpp: 'cpp',
  js: 'javascript',
  jsx: 'javascriptreact',
  kt: 'kotlin',
  make: 'makefile',
  md: 'markdown',
  mjs: 'javascript',
  patch: 'diff',
  ps1: 'powershell',
  pwsh: 'powershell',
  py: 'python',
  rb: 'ruby',
  rs: 'rust',
  sh: 'shellscript',
  shell: 'shellscript',
  text: 'plaintext',
  ts: 'typescript',
  tsx: 'typescriptreact',
  txt: 'plaintext',
  yml: 'yaml',
  zsh: 'shellscript',
};

const SHELLS = new Set(['bat', 'powershell', 'shellscript']);

/** The language word of a fence's info string, in lower case: `TS title="a"` gives `ts`. */
export function fenceLanguage(info: string | undefined): string {
  return /^[\w+#.-]+/.exec(info?.trim() ?? '')?.[0].toLowerCase() ?? '';
}

/** VS Code's id for a fence's language word; plain text when the fence names none. */
export function editorLanguage(word: string): string {
  if (word === '') return 'plaintext';
  return Object.hasOwn(EDITOR_IDS, word) ? (EDITOR_IDS[word] ?? word) : word;
}

/** True for code that can be typed into a terminal as it is (sessions with prompts and output cannot). */
export function isShell(word: string): boolean {
  return SHELLS.has(editorLanguage(word));
}
