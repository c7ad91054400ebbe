import * as vscode from 'vscode';

/** The language of a file by its name alone, as the installed extensions have it; `plaintext` where none claims it. */
export function languageFor(name: string): string {
  const lower = name.toLowerCase();
  const claims = vscode.extensions.all.flatMap(({ packageJSON }) => contributed(packageJSON, 'languages'));
  const claimed = claims.flatMap((language) => {
    const whole = strings(language.filenames).filter((filename) => filename.toLowerCase() === lower);
    const ends = strings(language.extensions).filter((end) => lower.endsWith(end.toLowerCase()));
    const best = Math.max(0, ...whole.map(({ length }) => length), ...ends.map(({ length }) => length));
    return best > 0 && typeof language.id === 'string' ? [{ id: language.id, best }] : [];
  });
  return claimed.toSorted((one, other) => other.best - one.best)[0]?.id ?? 'plaintext';
}

/** Patterns of file names (`*.ipynb`) that are notebooks, as the installed extensions have it. */
export function notebookPatterns(): readonly string[] {
  const notebooks = vscode.extensions.all.flatMap(({ packageJSON }) => contributed(packageJSON, 'notebooks'));
  return notebooks.flatMap(({ selector }) =>
    records(selector).flatMap(({ filenamePattern }) => strings([filenamePattern])),
  );
}

type Fields = Readonly<Record<string, unknown>>;

/** A manifest is whatever its author wrote. */
function contributed(manifest: unknown, point: string): readonly Fields[] {
  const [contributes] = records([records([manifest])[0]?.contributes]);
  return records(contributes?.[point]);
}

function records(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'object' && entry !== null) : [];
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
