import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { createBreather } from '../workspace/breathing.ts';
import { collectAttachments } from './collecting.ts';
import { createJsonCache } from './jsonCache.ts';
import { HISTORY_FOLDERS } from './merging.ts';
import { emptyTrash } from './trash.ts';

export interface TidyingParts {
  readonly root: string;
  /** A workspace's own storage; the others lie beside it. Undefined where it is not known: then no attachment is collected. */
  readonly workspace: string | undefined;
  /** ms since the epoch. */
  readonly now: number;
  readonly log: (line: string) => void;
}

/**
 * Deletes what is due: conversations that have been in the trash for long, attachments that nothing names, half files of what was killed
 * while it wrote. At most once a day in all windows
 * together. Never rejects: where anything cannot be read nothing is collected, and the log says so.
 */
export async function tidy({ root, workspace, now, log }: TidyingParts): Promise<void> {
  const last = createJsonCache(path.join(root, 'tidied.json'));
  const at = timeOf(await last.read());
  if (at !== undefined && at <= now && now - at < DAY) return;
  await last.write({ at: now });
  const conversations = await emptyTrash(root, now, log);
  if (conversations > 0) log(`${conversations} conversation(s) were deleted 30 days ago and are gone now.`);
  await removeHalfFiles(root, now);
  if (workspace === undefined) return;
  try {
    const others = await storagesBeside(workspace);
    const { setAside, deleted } = await collectAttachments({ root, others, now, breathe: createBreather() });
    if (setAside + deleted > 0)
      log(
        `Of the attachments that nothing names any more ${setAside} were set aside and ${deleted} deleted.`,
      );
  } catch (error) {
    log(`No attachments were collected, because not everything could be read: ${String(error)}`);
  }
}

/** Whatever is written whole is written under such a name first; a day later nobody writes it any more. Never rejects. */
async function removeHalfFiles(root: string, now: number): Promise<void> {
  for (const folder of ['.', ...HISTORY_FOLDERS].map((name) => path.join(root, name))) {
    for (const name of await fs.readdir(folder).catch(() => [])) {
      if (!HALF.test(name)) continue;
      const file = path.join(folder, name);
      const stats = await fs.stat(file).catch(() => undefined);
      if (stats?.isFile() && now - stats.mtimeMs > DAY)
        await fs.rm(file, { force: true }).catch(() => undefined);
    }
  }
}

const HALF = /(^|\.)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

const DAY = 24 * 60 * 60 * 1000;

function timeOf(value: unknown): number | undefined {
  const at = typeof value === 'object' && value !== null && 'at' in value ? value.at : undefined;
  return typeof at === 'number' ? at : undefined;
}

/** What Parley has stored for all workspaces: VS Code keeps `<workspaces>/<workspace>/<extension>`. */
async function storagesBeside(workspace: string): Promise<readonly string[]> {
  const workspaces = path.dirname(path.dirname(workspace));
  const entries = await fs.readdir(workspaces, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => path.join(workspaces, name, path.basename(workspace)));
}
