import type { LeaveReason, Pin } from '../../../core/context/pinned.ts';
import type { Translate } from '../../../core/failure.ts';
import { figure } from '../../counting/tokenTable.ts';
import { usd } from '../../usd.ts';

/** Tokens in words: `31,204 tokens`; `mark` goes in front of the figure. */
export function tokenWords(tokens: number, t: Translate, mark: '' | '~' | '≈' = ''): string {
  return tokens === 1 ? t('{0}1 token', mark) : t('{0} tokens', `${mark}${figure(tokens)}`);
}

export function fileWords(files: number, t: Translate): string {
  return files === 1 ? t('1 file') : t('{0} files', figure(files));
}

/** That files are being looked at, and how many have been so far. */
export function lookingWords(files: number, t: Translate): string {
  return files === 0 ? t('Looking for files…') : t('Looking at {0}…', fileWords(files, t));
}

/** An amount of USD, also where it is less than what is shown of one. */
export function usdWords(amount: number, t: Translate): string {
  return amount > 0 && amount < 0.00005 ? t('under {0}', usd(0.0001)) : usd(amount);
}

/** A share between 0 and 1: `16 %`; what is not everything never reads as everything, nor what is something as nothing. */
export function shareWords(share: number, t: Translate): string {
  if (share > 0 && share < 0.01) return t('under {0} %', 1);
  return t('{0} %', share < 1 ? Math.min(99, Math.round(share * 100)) : Math.round(share * 100));
}

/** What is pinned, as the user calls it. */
export function pinLabel(pin: Pin, t: Translate): string {
  switch (pin.kind) {
    case 'file':
      return pin.path;
    case 'folder':
      return pin.path === '.' ? t('Whole workspace') : `${pin.path}/`;
    case 'glob':
      return pin.glob;
    case 'workspace':
      return t('Whole workspace');
    case 'openEditors':
      return t('Open editors');
    case 'branch':
      return t('Files changed on this branch');
  }
}

/** Why something is left out, as the heading of those that share the reason. */
export function reasonHeading(reason: LeaveReason, t: Translate): string {
  switch (reason) {
    case 'ignored':
      return t('Ignored');
    case 'excluded':
      return t('Excluded by parley.context.exclude');
    case 'binary':
      return t('Binary');
    case 'empty':
      return t('Empty');
    case 'generated':
      return t('Generated and lock files');
    case 'tooLarge':
      return t('Too large');
    case 'secret':
      return t('May hold a secret');
    case 'overBudget':
      return t('Over parley.context.maxTokens');
    case 'unreadable':
      return t('Cannot be read');
    case 'link':
      return t('Links');
    case 'missing':
      return t('Not there');
  }
}

/** Why one thing is left out. `detail` is that of `LeftOutEntry`. */
export function reasonWords(reason: LeaveReason, detail: string | undefined, t: Translate): string {
  const words = plainReason(reason, t);
  if (detail === undefined || detail === '') return words;
  return reason === 'ignored' ? t('ignored by {0}', detail) : t('{0}: {1}', words, detail);
}

function plainReason(reason: LeaveReason, t: Translate): string {
  switch (reason) {
    case 'ignored':
      return t('ignored');
    case 'excluded':
      return t('excluded by parley.context.exclude');
    case 'binary':
      return t('binary');
    case 'empty':
      return t('empty');
    case 'generated':
      return t('generated or a lock file');
    case 'tooLarge':
      return t('too large');
    case 'secret':
      return t('looks like it holds a secret');
    case 'overBudget':
      return t('no room left below parley.context.maxTokens');
    case 'unreadable':
      return t('cannot be read');
    case 'link':
      return t('a link');
    case 'missing':
      return t('not there');
  }
}
