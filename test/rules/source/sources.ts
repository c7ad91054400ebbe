import { globSync, readFileSync } from 'node:fs';

/** A source file of the project and its text. */
export interface SourceFile {
  /** Path from the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** All TypeScript files below a folder of the repository. Tests run with the root as working directory. */
export function sourcesIn(folder: string): readonly SourceFile[] {
  return globSync(`${folder}/**/*.ts`)
    .map((file) => file.replaceAll('\\', '/'))
    .sort()
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

/** One import of a file: what it names and whether it is gone at run time. */
export interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

/** The imports of a file, static, re-exporting and dynamic. */
export function importsOf(file: SourceFile): readonly Import[] {
  const fixed = file.text.matchAll(/^(?:import|export)\s+(type\s)?[^;'"]*?from\s+'([^']+)'/gm);
  const bare = file.text.matchAll(/^import\s+'([^']+)'/gm);
  const dynamic = file.text.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g);
  return [
    ...Array.from(fixed, (match) => ({
      from: match[2] ?? '',
      typeOnly: match[1] !== undefined,
      dynamic: false,
    })),
    ...Array.from(bare, (match) => ({ from: match[1] ?? '', typeOnly: false, dynamic: false })),
    ...Array.from(dynamic, (match) => ({ from: match[1] ?? '', typeOnly: false, dynamic: true })),
  ];
}
