import { html, type TemplateResult } from 'lit-html';
import type { Compaction } from '../../core/conversation/model.ts';
import { adviseOn } from '../../core/failure.ts';
import type { Prices } from '../../core/money/money.ts';
import { billOf, costOfBills } from '../../core/money/prices.ts';
import { markdownBody } from '../render/markdownBody.ts';
import type { OpenChat } from '../state.ts';
import { foldable, icon } from './parts.ts';
import type { Tools } from './tools.ts';

/** A summary that has been taken, and how many of the turns on the page it stands for. */
export interface Fold {
  readonly compaction: Compaction;
  readonly end: number;
  /** How many turns it stands for altogether; undefined while its last one has not been fetched. */
  readonly count: number | undefined;
}

/** The summary in force, or undefined when Claude sees the whole conversation. */
export function foldOf({ conversation, older, gap }: OpenChat): Fold | undefined {
  const { compactions, turns } = conversation;
  for (const compaction of compactions.toReversed()) {
    if (compaction.state !== 'taken') continue;
    const end = turns.findIndex((turn) => turn.id === compaction.through) + 1;
    if (end > 0) return { compaction, end, count: older + end + (gap && end > gap.at ? gap.count : 0) };
    // Its last turn has not been fetched; an answer that was given under it says that it is in force.
    const known = turns.some((turn) => turn.role === 'assistant' && turn.compaction === compaction.id);
    if ((older > 0 || gap) && known) return { compaction, end: gap?.at ?? 0, count: undefined };
  }
  return undefined;
}

/** The key under which it is kept that the turns of a summary are shown. */
export function foldKey({ compaction }: Fold): string {
  return `folded:${compaction.id}`;
}

/** Summaries that are shown at their place after a turn: on their way, to be decided, or just failed. */
export function openCompactions({ compactions, turns }: OpenChat['conversation']): readonly Compaction[] {
  const newest = turns.at(-1)?.id;
  return compactions.filter(
    ({ state, through }, at) =>
      state === 'running' ||
      state === 'offered' ||
      (state === 'failed' && through === newest && at === compactions.length - 1),
  );
}

/** Any of the cards of `openCompactions`. */
export function compactionCard(compaction: Compaction, prices: Prices, tools: Tools): TemplateResult {
  if (compaction.state === 'running') return running(tools);
  return compaction.state === 'offered' ? offered(compaction, prices, tools) : failed(compaction, tools);
}

/** What stands between the turns that Claude sees as a summary and those that it sees word for word. */
export function divider(
  { compaction, count }: Fold,
  open: ReadonlySet<string>,
  tools: Tools,
): TemplateResult {
  const { format, t } = tools;
  const sentence =
    count !== undefined
      ? t(
          'Summarized: {0} turns stand as a summary. Claude no longer sees them word for word.',
          format.count(count),
        )
      : t('Earlier turns stand as a summary. Claude no longer sees them word for word.');
  return html`<section class="card summary" data-part="compaction" data-state="taken" aria-label=${t('Summary')}>
    <p>${icon('fold')} ${sentence}</p>
    ${foldable(`summary:${compaction.id}`, open, t('Read the summary'), () => summaryBody(compaction, tools), tools)}
    ${decide(compaction, 'undone', t('Undo'), tools, 'secondary')}
  </section>`;
}

function running({ send, t }: Tools): TemplateResult {
  return html`<section class="card summary" data-part="compaction" data-state="running" aria-label=${t('Summary')}>
    <p role="status" class="growing">${t('Summarizing the conversation…')}</p>
    <button type="button" class="button secondary" data-writes @click=${() => send({ type: 'stop' })}>${t('Stop')}</button>
  </section>`;
}

function offered(compaction: Compaction, prices: Prices, tools: Tools): TemplateResult {
  const { t } = tools;
  return html`<section class="card summary" data-part="compaction" data-state="offered" aria-label=${t('Summary')}>
    <p>${t('Claude would see this summary in place of everything above. You keep the originals and can undo it.')}</p>
    <div class="summary-text" tabindex="0" role="region" aria-label=${t('Text of the summary')}>${summaryBody(compaction, tools)}</div>
    <p class="usage" data-part="compaction-figures">${figuresOf(compaction, prices, tools)}</p>
    ${decide(compaction, 'taken', t('Use Summary'), tools)}${decide(compaction, 'declined', t('Discard'), tools, 'secondary')}
  </section>`;
}

/** Said once: it goes as soon as the conversation goes on. */
function failed({ failure, stopReason, instructions = '' }: Compaction, { send, t }: Tools): TemplateResult {
  const kind = failure?.kind ?? 'compaction';
  const known = failure ?? {
    kind: 'compaction',
    ...(stopReason === undefined ? {} : { message: stopReason }),
  };
  return html`<section class="failure" role="alert" data-part="compaction" data-state="failed" data-failure=${kind}>
    <p>${icon('error')} ${adviseOn(known, t, { partial: false }).sentence}</p>
    <button type="button" class="button" data-writes @click=${() => send({ type: 'compact', instructions })}>${t('Try Again')}</button>
  </section>`;
}

function decide(
  { id }: Compaction,
  state: 'taken' | 'declined' | 'undone',
  name: string,
  { send }: Tools,
  kind = '',
): TemplateResult {
  return html`<button type="button" class="button ${kind}" data-writes
    @click=${() => send({ type: 'decideCompaction', compaction: id, state })}>${name}</button>`;
}

function summaryBody({ blocks }: Compaction, { document, markdown }: Tools): unknown {
  const text = blocks.map(({ content }) => (typeof content === 'string' ? content : '')).join('\n\n');
  return markdownBody(document, markdown, { text, complete: true });
}

function figuresOf(compaction: Compaction, prices: Prices, { t, format }: Tools): string {
  const { tokensBefore: before, tokensAfter: after, usage, model } = compaction;
  const usd = usage && costOfBills(billOf(usage, model.id), prices);
  return [
    ...(before === undefined || after === undefined
      ? []
      : [t('{0} → {1} tokens', format.count(before), format.count(after))]),
    ...(usd === undefined ? [] : [t('{0} for making it', format.usd(usd))]),
  ].join(' · ');
}
