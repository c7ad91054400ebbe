import './dom.ts';

import type { SelectionOffer, ShownAttachment } from '../../src/core/attaching.ts';
import type { AssistantTurn, ContentBlock, UserTurn } from '../../src/core/conversation/model.ts';
import type { Quote } from '../../src/core/money/money.ts';
import {
  type ChatStatus,
  PROTOCOL_VERSION,
  type ToHost,
  type ToView,
  type Unfinished,
} from '../../src/core/protocol.ts';
import { startChat } from '../../src/webview/page.ts';
import { dom } from './dom.ts';
import { createPictureBench, type PictureBench } from './pictureBench.ts';

type Body<T> = T extends { readonly seq: number } ? Omit<T, 'seq'> : never;
/** A message of the host without its number. */
export type Message = Body<ToView>;

/** A page under test, and the host as the page sees it. */
export interface Page {
  readonly root: HTMLElement;
  /** Everything the page has said. */
  readonly wishes: ToHost[];
  /** The work on pictures that the page has asked for, done when the test says so. */
  readonly pictures: PictureBench;
  /** What the page has kept for itself. */
  kept(): unknown;
  /** Numbers a message and delivers it; the next frame is drawn. */
  tell(message: Message): void;
  /** Delivers a value as it is; no frame is drawn. */
  deliver(data: unknown): void;
  /** Draws what is waiting; gives the number of frames drawn. */
  draw(): number;
  /** Lets the timers of the page run out. */
  rest(): void;
  /** Lets so many ms pass. */
  pass(ms: number): void;
  /** Lets a second pass for what counts down; the next frame is drawn. The date is the test's to set. */
  tick(): void;
  all(selector: string): HTMLElement[];
  /** The element with this role and accessible name; fails when there is none. */
  get(role: string, name: string): HTMLElement;
  find(role: string, name: string): HTMLElement | undefined;
  type(text: string): void;
  press(key: string, more?: KeyboardEventInit): KeyboardEvent;
  close(): void;
}

export const STATUS: ChatStatus = {
  modelId: 'claude-sonnet-5-5',
  modelName: 'Claude Sonnet 5.5',
  effort: 'high',
  contextWindow: 200_000,
  key: 'present',
  sendKey: 'enter',
  showThinking: true,
  prices: {
    'claude-sonnet-5-5': { input: 2, output: 10, cacheRead: 0.1, cacheWrite5m: 2.5, cacheWrite1h: 4 },
  },
  compaction: { mode: 'ask', threshold: 0.8, possible: true },
  systemPrompt: [
    { source: 'base', tokens: 120 },
    { source: 'AGENTS.md', tokens: 1800 },
  ],
  images: { possible: true, tier: 'high', detail: 'auto', sent: 0 },
};

/** A quote for an empty draft of `STATUS`'s model: 10,000 tokens, most of them cached. */
export const QUOTE: Quote = {
  state: 'exact',
  input: 10_000,
  maxOutput: 32_000,
  fresh: 0,
  read: 9000,
  write5m: 1000,
  write1h: 0,
  usdLow: 0.0034,
  usdHigh: 0.345,
  guessedImages: 0,
};

export function quoted(more: Partial<Extract<Message, { type: 'quoteChanged' }>> = {}): Message {
  return {
    type: 'quoteChanged',
    conversation: 'c1',
    quote: QUOTE,
    textTokens: 0,
    textLength: 0,
    cache: { state: 'none', tokens: 0 },
    ...more,
  };
}

/** A wish without the id that the page has made for it, which is new each time. */
export function unnamed(wish: ToHost | undefined): unknown {
  if (!wish || !('id' in wish)) return wish;
  const { id: _, ...rest } = wish;
  return rest;
}

/** A picture that the host hands over. */
export function offered(more: Partial<Extract<Message, { type: 'imageOffered' }>> = {}): Message {
  const picture = { id: 'p1', label: 'shot.png', bytes: new Uint8Array([1]), replaces: false, following: 0 };
  return { type: 'imageOffered', ...picture, ...more };
}

/** Starts a page that has heard nothing yet. */
export function blankPage(kept?: unknown, l10n?: string, highlight?: string): Page {
  const root = dom.document.createElement('div');
  if (l10n !== undefined) root.dataset.l10n = l10n;
  if (highlight !== undefined) root.dataset.highlight = highlight;
  dom.document.body.replaceChildren(root);
  const wishes: ToHost[] = [];
  let saved = kept;
  let seq = 0;
  const clock = stillClock();
  const api = {
    postMessage: (wish: ToHost) => void wishes.push(wish),
    getState: () => saved,
    setState: (state: unknown) => {
      saved = JSON.parse(JSON.stringify(state));
    },
  };
  const pictures = createPictureBench();
  const end = startChat({ root, api, window: dom, pictures: pictures.port });
  const box = (): HTMLTextAreaElement => get('textbox', 'Message Claude') as HTMLTextAreaElement;
  const find = (role: string, name: string): HTMLElement | undefined =>
    [...root.querySelectorAll<HTMLElement>('*')].find(
      (element) => roleOf(element) === role && nameOf(element) === name,
    );
  const get = (role: string, name: string): HTMLElement => {
    const found = find(role, name);
    if (!found) throw new Error(`There is no ${role} "${name}" in ${root.innerHTML.slice(0, 2000)}`);
    return found;
  };
  const deliver = (data: unknown): void => {
    dom.dispatchEvent(new dom.MessageEvent('message', { data }));
  };
  return {
    root,
    wishes,
    pictures,
    kept: () => saved,
    deliver,
    tell: (message) => {
      if (message.type === 'snapshot') seq = 0;
      seq += 1;
      deliver({ seq, ...message });
      clock.draw();
    },
    draw: clock.draw,
    rest: clock.rest,
    pass: clock.pass,
    tick: clock.tick,
    all: (selector) => [...root.querySelectorAll<HTMLElement>(selector)],
    get,
    find,
    type: (text) => {
      box().value = text;
      box().dispatchEvent(new dom.Event('input', { bubbles: true }));
      clock.draw();
    },
    press: (key, more) => {
      const event = new dom.KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
      box().dispatchEvent(event);
      clock.draw();
      return event;
    },
    close: () => {
      end();
      clock.restore();
    },
  };
}

/** What a snapshot tells; what is left out is empty. */
export interface Told extends Partial<Extract<Message, { type: 'snapshot' }>['conversation']> {
  readonly status?: Partial<ChatStatus>;
  readonly draft?: string;
  readonly revision?: number;
  readonly unfinished?: Unfinished;
  readonly attachments?: readonly ShownAttachment[];
  readonly offer?: SelectionOffer;
}

/** What a page starts with besides what it is told; `highlight` is the address of the highlighter. */
export interface Begun {
  readonly kept?: unknown;
  readonly l10n?: string;
  readonly highlight?: string;
}

/** Starts a page and tells it a conversation. */
export function openPage(given: Told & Begun = {}): Page {
  const { kept, l10n, highlight, ...told } = given;
  const page = blankPage(kept, l10n, highlight);
  page.tell(snapshot(told));
  return page;
}

export function snapshot(given: Told & { readonly version?: number } = {}): Message {
  const { status = {}, draft = '', attachments = [], offer = null, version: _, ...rest } = given;
  const { revision = 0, unfinished, ...more } = rest;
  return {
    type: 'snapshot',
    version: given.version ?? PROTOCOL_VERSION,
    conversation: {
      id: 'c1',
      createdAt: 0,
      title: '',
      turns: [],
      older: 0,
      compactions: [],
      readOnly: false,
      ...more,
    },
    draft: { text: draft, caret: draft.length, revision, attachments, ...(unfinished ? { unfinished } : {}) },
    offer,
    status: { ...STATUS, ...status },
  };
}

export function asked(id: string, parent: string | null, text: string): UserTurn {
  return { role: 'user', id, parent, at: 0, parts: [{ kind: 'text', text }] };
}

export function answered(
  id: string,
  parent: string,
  text: string,
  more: Partial<AssistantTurn> = {},
): AssistantTurn {
  return {
    role: 'assistant',
    id,
    parent,
    at: 1000,
    model: { id: 'claude-sonnet-5-5', name: 'Claude Sonnet 5.5' },
    state: 'done',
    blocks: text === '' ? [] : [block({ type: 'text', text })],
    endedAt: 4200,
    ...more,
  };
}

/** Text as a reader takes it in: whitespace counts once. */
export function textIn(page: Page, selector: string): string {
  return (page.all(selector)[0]?.textContent ?? '').replace(/\s+/g, ' ').trim();
}

export function block(content: ContentBlock, startedAt = 1000, endedAt: number | undefined = 2000) {
  return { content, startedAt, ...(endedAt === undefined ? {} : { endedAt }) };
}

/** Frames and timers that only pass when the test says so. */
function stillClock(): {
  draw(): number;
  rest(): void;
  pass(ms: number): void;
  tick(): void;
  restore(): void;
} {
  const real = {
    requestAnimationFrame: dom.requestAnimationFrame,
    setTimeout: dom.setTimeout,
    clearTimeout: dom.clearTimeout,
    setInterval: dom.setInterval,
    clearInterval: dom.clearInterval,
  };
  let frames: FrameRequestCallback[] = [];
  const timers = new Map<number, { readonly callback: () => void; readonly due: number }>();
  let now = 0;
  const intervals = new Map<number, () => void>();
  let last = 0;
  const draw = (): number => {
    const due = frames;
    frames = [];
    for (const callback of due) callback(0);
    return due.length;
  };
  Object.assign(dom, {
    requestAnimationFrame: (callback: FrameRequestCallback) => frames.push(callback),
    setTimeout: (callback: () => void, ms = 0) => {
      last += 1;
      timers.set(last, { callback, due: now + ms });
      return last;
    },
    clearTimeout: (timer: number) => timers.delete(timer),
    setInterval: (callback: () => void) => {
      last += 1;
      intervals.set(last, callback);
      return last;
    },
    clearInterval: (timer: number) => intervals.delete(timer),
  });
  return {
    draw,
    tick: () => {
      for (const callback of [...intervals.values()]) callback();
      draw();
    },
    rest: () => {
      while (timers.size > 0) {
        const due = [...timers];
        timers.clear();
        for (const [, { callback }] of due) callback();
      }
    },
    pass: (ms) => {
      now += ms;
      for (const [id, { callback, due }] of [...timers]) {
        if (due <= now && timers.delete(id)) callback();
      }
    },
    restore: () => void Object.assign(dom, real),
  };
}

const ROLES: Readonly<Record<string, string>> = {
  ARTICLE: 'article',
  BUTTON: 'button',
  TEXTAREA: 'textbox',
  UL: 'list',
  LI: 'listitem',
  DIALOG: 'dialog',
  DETAILS: 'group',
};

function roleOf(element: HTMLElement): string | undefined {
  return element.getAttribute('role') ?? ROLES[element.tagName];
}

function nameOf(element: HTMLElement): string {
  return (element.getAttribute('aria-label') ?? element.textContent ?? '').replace(/\s+/g, ' ').trim();
}
