import { join, resolve } from 'node:path';

/** The root of this repository. */
export const repository = resolve(import.meta.dirname, '../../..');

/** Everything the tests and `npm start` keep on disk; ignored by git and left out of the VSIX. */
export const testFolder = join(repository, '.vscode-test');

/** The VSIX that `npm run package` writes. */
export const packagedExtension = join(repository, 'parley.vsix');
