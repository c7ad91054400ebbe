import { type MessagePort, parentPort } from 'node:worker_threads';
import { BY_NAME, type FindSecret, LARGEST_FILE, stampOf } from '../context/pinning/judged.ts';
import { looksBinary, utf8Text } from '../workspace/plainText.ts';
import { type LocalStat, localFileNow } from './localFiles.ts';
import type { FileToRead, FoundFile, ReadAnswer, ReadWish } from './readingThreads.ts';

/** Where a thread of `readingThreads.ts` begins. It is a bundle of its own, and reads what it is sent, one wish after the other. */
if (parentPort) serve(parentPort);

function serve(port: MessagePort): void {
  const space = new Uint8Array(LARGEST_FILE);
  let work: Promise<void> = Promise.resolve();
  port.on('message', (wish: ReadWish) => {
    work = work.then(() => grant(wish, space, (answer) => port.postMessage(answer)));
  });
}

async function grant(
  { id, files, withSecrets, room }: ReadWish,
  space: Uint8Array,
  tell: (answer: ReadAnswer) => void,
): Promise<void> {
  let found: (FoundFile | undefined)[] = [];
  let left = room;
  let length = 0;
  for (const file of files) {
    const one = await look(file, space, withSecrets ? findSecretIn : undefined);
    const tokens = one?.tokens ?? 0;
    const text = tokens <= left ? one?.text : undefined;
    found.push(one && (text === undefined ? one.found : { ...one.found, text }));
    left -= text === undefined ? 0 : tokens;
    length += text?.length ?? 0;
    if (length < MOST_AT_ONCE) continue;
    tell({ id, found, isLast: false });
    found = [];
    length = 0;
  }
  tell({ id, found, isLast: true });
}

interface Look {
  readonly found: FoundFile;
  /** Of a file that goes out. */
  readonly text?: string;
  readonly tokens?: number;
}

/** UTF-16 units of text that are sent in one go: what takes it over has other work, too. */
const MOST_AT_ONCE = 512 * 1024;

/** Undefined for what is no plain file, or no UTF-8: that is left to whoever knows more of it. */
async function look(
  file: FileToRead,
  space: Uint8Array,
  findSecret: FindSecret | undefined,
): Promise<Look | undefined> {
  const { judge, judgeName } = await import('../context/pinning/judging.ts');
  const byName = judgeName(file, findSecret !== undefined);
  if (byName) return { found: { stamp: BY_NAME, size: 0, judgement: byName } };
  const isWanted = (stat: LocalStat): boolean =>
    stat.size <= LARGEST_FILE && stampOf(file, stat) !== file.stamp;
  const opened = localFileNow(file.file, isWanted, space);
  if (!opened) return undefined;
  const { stat, bytes } = opened;
  const found = { stamp: stampOf(file, stat), size: stat.size };
  if (!bytes) return { found };
  const decoded = utf8Text(bytes);
  if (decoded === undefined) return undefined;
  if (looksBinary(decoded)) return { found: { ...found, judgement: { reason: 'binary' } } };
  const { judgement, text } = await judge(decoded, file, findSecret, file.before);
  const judged = { found: { ...found, judgement } };
  return judgement.reason ? judged : { ...judged, text, tokens: judgement.tokens };
}

const findSecretIn: FindSecret = async (text, path) => {
  const { secretIn } = await import('../context/pinning/secrets.ts');
  return secretIn(text, path);
};
