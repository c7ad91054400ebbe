import { render } from 'lit-html';
import { type ToUsageHost, USAGE_PROTOCOL_VERSION } from '../../core/usageProtocol.ts';
import { createFormat } from '../format.ts';
import { createTranslate } from '../l10n.ts';
import { PERIODS, type Period } from './columns.ts';
import { createDates } from './dates.ts';
import { decodeToUsagePage } from './decode.ts';
import { createNumbers, localeOf } from './numbers.ts';
import type { UsageState, UsageTools } from './tools.ts';
import { usageView } from './view.ts';

/** What the page stands on. */
export interface UsageGround {
  readonly root: HTMLElement;
  readonly api: {
    postMessage(wish: ToUsageHost): void;
    /** What the page kept when it was last shown; undefined the first time. */
    getState(): unknown;
    setState(state: unknown): void;
  };
  readonly window: Window & typeof globalThis;
}

/** Brings the page to life. Gives a function that ends it; calling it twice is harmless. */
export function startUsage({ root, api, window }: UsageGround): () => void {
  const end = new window.AbortController();
  const { signal } = end;
  const send = (wish: ToUsageHost): void => api.postMessage(wish);
  let state: UsageState = { phase: 'waiting', period: keptPeriod(api.getState()), width: widthOf(root) };
  let isDrawing = false;

  function change(next: Partial<UsageState>): void {
    state = { ...state, ...next };
    if (isDrawing) return;
    isDrawing = true;
    window.requestAnimationFrame(() => {
      isDrawing = false;
      try {
        render(usageView(state, tools), root);
      } catch (error) {
        send({ type: 'report', message: `The usage page could not be drawn: ${String(error)}` });
      }
    });
  }

  const tools = createTools(root, window, send, (period) => {
    api.setState({ period });
    change({ period });
  });

  function receive({ data }: MessageEvent<unknown>): void {
    const message = decodeToUsagePage(data);
    if (!message) send({ type: 'report', message: 'A message from the host was not understood.' });
    else if (message.version !== USAGE_PROTOCOL_VERSION) change({ phase: 'outdated' });
    else change({ phase: 'live', facts: message.facts });
  }

  window.addEventListener('message', receive, { signal });
  window.addEventListener('resize', () => change({ width: widthOf(root) }), { signal });
  send({ type: 'ready', version: USAGE_PROTOCOL_VERSION });
  return () => end.abort();
}

function createTools(
  root: HTMLElement,
  window: Window,
  send: UsageTools['send'],
  choosePeriod: UsageTools['choosePeriod'],
): UsageTools {
  const t = createTranslate(root.dataset.l10n);
  const locale = localeOf(window.document.documentElement.lang || 'en-US');
  return {
    t,
    send,
    choosePeriod,
    format: createFormat(locale, t),
    dates: createDates(locale),
    ...createNumbers(locale),
  };
}

/** Where there is no layout, as in tests, a page is as wide as this, in px. */
const USUAL_WIDTH = 600;

function widthOf(root: HTMLElement): number {
  return root.clientWidth || USUAL_WIDTH;
}

function keptPeriod(kept: unknown): Period {
  const period = typeof kept === 'object' && kept !== null && 'period' in kept ? kept.period : undefined;
  return PERIODS.find((known) => known === period) ?? '30days';
}
