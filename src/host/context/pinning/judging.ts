import { generatedMark } from '../../../core/context/generatedText.ts';
import { reasonByName } from '../../../core/context/leavingOut.ts';
import { estimateText } from '../../../core/money/estimateText.ts';
import { fileHash, normalizeText } from '../../../core/request/pack.ts';
import type { FindSecret, Judged, Judgement, Sendable } from './judged.ts';

/**
 * Judges a file by its name, where that says that it does not go out. What a tool has made does where it is asked for by name, a
 * secret where the user has said so.
 */
export function judgeName({ path, isNamed }: Judged, withSecrets: boolean): Judgement | undefined {
  const { reason, detail = '' } = reasonByName(path) ?? {};
  if (!reason || reason === 'empty' || (reason === 'secret' && !withSecrets)) return undefined;
  return reason === 'generated' && isNamed ? undefined : { reason, name: detail };
}

/**
 * Judges a decoded text, and gives it as it goes out. One that is what it was `before`, when it went out, is not judged again. Secrets
 * do not matter without `findSecret`. This module needs neither the editor nor Node, so threads judge by it, too; and it brings all that
 * is known of names and tools, so it is imported dynamically and bundled in a file of its own.
 */
export async function judge(
  decoded: string,
  { path, isNamed }: Judged,
  findSecret: FindSecret | undefined,
  before?: Sendable,
): Promise<{ readonly judgement: Judgement; readonly text: string }> {
  const text = normalizeText(decoded);
  if (text.trim() === '') return { judgement: { reason: 'empty' }, text };
  const hash = fileHash(text);
  if (hash === before?.hash) return { judgement: before, text };
  const tokens = estimateText(text);
  const mark = isNamed ? undefined : generatedMark(path, text);
  if (mark !== undefined) return { judgement: { reason: 'generated', mark, tokens }, text };
  const secret = await findSecret?.(text, path);
  return { judgement: secret ? { reason: 'secret', secret, tokens } : { hash, tokens }, text };
}
