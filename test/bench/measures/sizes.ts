import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { packagedExtension, repository } from '../../support/vscode/paths.ts';
import { compare, type Figure } from '../figures.ts';

const KB = 1024;

/** Limits in KB: the page and the VSIX as promised, the others as the rules for the bundles keep them. */
const LIMITS = [
  ['extension.cjs, all that activation loads', join(repository, 'dist/extension.cjs'), 400],
  ['claude.cjs, loaded with the first request', join(repository, 'dist/claude.cjs'), 220],
  ['webview.js, the page', join(repository, 'dist/webview.js'), 250],
  ['highlight.js, loaded after the first drawing', join(repository, 'dist/highlight.js'), 120],
  ['parley.vsix', packagedExtension, 1024],
] as const;

/** What is shipped. */
export function measureSizes(): Promise<readonly Figure[]> {
  const rows = LIMITS.map(async ([what, path, limit]) => {
    const { size } = await stat(path);
    return compare('Size', what, 'KB', [size / KB], { what: 'limit', values: [limit] });
  });
  return Promise.all(rows);
}
