import type { ContextFacts, RemovedEntry, RepackOffer } from '../../../core/context/facts.ts';
import type { Translate } from '../../../core/failure.ts';
import type { TreeRow } from './treeModel.ts';
import { fileWords, shareWords, tokenWords, usdWords } from './treeWords.ts';

/** The row that says how large the context is; below it, what it costs and how warm it is. `now` in ms since the epoch. */
export function summaryRow(facts: ContextFacts, now: number, t: Translate): TreeRow {
  const { files, tokens, exact, window } = facts;
  const label = t('{0} · {1}', fileWords(files.length, t), tokenWords(tokens, t, exact ? '' : '~'));
  const share = window === undefined ? '' : t('{0} of the window', shareWords(tokens / window, t));
  const counted = exact
    ? t('Counted by the API; what single files have is their share of it by estimate.')
    : t('An estimate; the API counts exactly with the next question.');
  return {
    id: 'summary',
    kind: 'summary',
    label,
    description: share,
    tooltip: counted,
    icon: 'pinned',
    spoken: [
      t('Context: {0}', fileWords(files.length, t)),
      exact ? tokenWords(tokens, t) : t('about {0}', tokenWords(tokens, t)),
      ...(share === '' ? [] : [share]),
    ].join(', '),
    isOpen: true,
    rows: () => [
      ...(facts.repack ? [repackRow(facts.repack, t)] : []),
      ...pendingRow(facts, t),
      ...priceRow(facts, t),
      cacheRow(facts, now, t),
      ...hitRow(facts, t),
    ],
  };
}

/** How many files are removed. */
export function filesIn(removed: readonly RemovedEntry[]): number {
  return removed.reduce((sum, { files }) => sum + files, 0);
}

function factRow(id: string, icon: string, label: string, description: string, tooltip: string): TreeRow {
  const spoken = `${label}: ${description}`;
  return { id: `summary/${id}`, kind: 'fact', label, description, tooltip, icon, spoken };
}

function repackRow({ keepUsd, repackUsd, turns, updateTokens }: RepackOffer, t: Translate): TreeRow {
  const [keep, repack] = [usdWords(keepUsd, t), usdWords(repackUsd, t)];
  const label = t('Repack and save {0}', usdWords(Math.max(0, keepUsd - repackUsd), t));
  const description =
    turns === 1
      ? t('{0} instead of {1} for the next question', repack, keep)
      : t('{0} instead of {1} over the next {2} questions', repack, keep, turns);
  return {
    ...factRow(
      'repack',
      'package',
      label,
      description,
      t('A fresh pack makes {0} of updates unnecessary. Estimated.', tokenWords(updateTokens, t)),
    ),
    kind: 'repack',
  };
}

function pendingRow({ files, removed, pendingTokens }: ContextFacts, t: Translate): readonly TreeRow[] {
  const pending = files.filter(({ state }) => state === 'updatePending').length + filesIn(removed);
  if (pending === 0) return [];
  const description = t('{0} · {1}', fileWords(pending, t), tokenWords(pendingTokens, t, '~'));
  const tooltip = t('What has changed since Claude had it goes out again; the pack before it stays cached.');
  const spoken = t('Updates with the next question: {0}', description);
  return [{ ...factRow('pending', 'sync', t('Updates'), description, tooltip), spoken }];
}

function priceRow({ price }: ContextFacts, t: Translate): readonly TreeRow[] {
  if (!price || price.cold === 0) return [];
  const description = t('{0} warm · {1} cold', usdWords(price.warm, t), usdWords(price.cold, t));
  const tooltip = t(
    'What the context costs with the next question: read from the cache (warm), or written to it (cold).',
  );
  const spoken = t('What the context adds to the price of the next question: {0}', description);
  return [{ ...factRow('price', 'credit-card', t('Price'), description, tooltip), spoken }];
}

function cacheRow(facts: ContextFacts, now: number, t: Translate): TreeRow {
  const { state, expires, tokens } = facts.cache;
  const left = expires === undefined ? undefined : expires - now;
  const isWarm = state === 'warm' && (left === undefined || left > 0);
  const label = t('Cache');
  if (!isWarm) {
    const isNone = state === 'none';
    const words = isNone ? t('nothing written yet') : t('cold: the next question writes it');
    return factRow('cache', isNone ? 'circle-outline' : 'circle-slash', label, words, words);
  }
  const words = left === undefined ? t('warm') : t('warm, {0} left', leftWords(left, t));
  const tooltip = t('The next question reads {0} from the cache.', tokenWords(tokens, t));
  return {
    ...factRow('cache', 'flame', label, words, tooltip),
    ...(left === undefined ? {} : { at: (later: number) => cacheRow(facts, later, t) }),
  };
}

/** So that it changes once a minute at most. */
function leftWords(ms: number, t: Translate): string {
  const minutes = Math.floor(ms / 60_000);
  return minutes < 1 ? t('under a minute') : t('{0} min', minutes);
}

function hitRow({ hitRate }: ContextFacts, t: Translate): readonly TreeRow[] {
  if (hitRate === undefined) return [];
  const tooltip = t('Share of the context that answers so far have read from the cache.');
  return [factRow('hits', 'graph', t('Read from cache so far'), shareWords(hitRate, t), tooltip)];
}
