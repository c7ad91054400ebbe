import * as vscode from 'vscode';
import type { BudgetCaps, BudgetVerdict } from '../core/money/money.ts';
import { usd } from './usd.ts';

/** Says which cap held a request back, and with which figures. */
export function budgetSentence(verdict: Extract<BudgetVerdict, { allowed: false }>): string {
  const { cap, limit, spent, worst } = verdict;
  if (worst === undefined) {
    return vscode.l10n.t(
      'The price of this model is unknown, so the budget {0} cannot be checked. Its price can be set in parley.prices.',
      nameOf(cap),
    );
  }
  if (cap === 'perMessage') {
    return vscode.l10n.t(
      'This could cost up to {0}, more than the {1} that one message may cost. Nothing was sent.',
      usd(worst),
      usd(limit),
    );
  }
  return vscode.l10n.t(
    'This could cost up to {0}, and {1} of the budget {2} ({3}) are spent or on their way. Nothing was sent.',
    usd(worst),
    usd(spent),
    nameOf(cap),
    usd(limit),
  );
}

function nameOf(cap: keyof BudgetCaps): string {
  switch (cap) {
    case 'perMessage':
      return vscode.l10n.t('per message');
    case 'perConversation':
      return vscode.l10n.t('per conversation');
    case 'perDay':
      return vscode.l10n.t('per day');
    case 'perMonth':
      return vscode.l10n.t('per month');
  }
}
