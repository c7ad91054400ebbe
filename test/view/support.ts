import './dom.ts';

import type { AssistantTurn, ContentBlock, UserTurn } from '../../src/core/conversation/model.ts';
import { type ChatStatus, PROTOCOL_VERSION, type ToHost, type ToView } from '../../src/core/protocol.ts';
import { startChat } from '../../src/webview/page.ts';
import { dom } from './dom.ts';

type Body<T> = T extends { readonly seq: number } ? Omit<T, 'seq'> : never;
/** A message of the host without its number. */
export type Message = Body<ToView>;

/** A page under test, and the host as the page sees it. */
export interface Page {
  readonly root: HTMLElement;
  /** Everything the page has said. */
  readonly wishes: ToHost[];
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
};

/** Starts a page that has heard nothing yet. */
export function blankPage(kept?: unknown, l10n?: string): Page {
  const root = dom.document.createElement('div');
  if (l10n !== undefined) root.dataset.l10n = l10n;
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
  const end = startChat({ root, api, window: dom });
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

/** Starts a page and tells it a conversation. */
export function openPage(
  given: {
    readonly turns?: readonly (UserTurn | AssistantTurn)[];
    readonly status?: Partial<ChatStatus>;
    readonly id?: string;
    readonly title?: string;
    readonly older?: number;
    readonly draft?: string;
    readonly kept?: unknown;
    readonly l10n?: string;
  } = {},
): Page {
  const page = blankPage(given.kept, given.l10n);
  page.tell(snapshot(given));
  return page;
}

export function snapshot(
  given: {
    readonly turns?: readonly (UserTurn | AssistantTurn)[];
    readonly status?: Partial<ChatStatus>;
    readonly id?: string;
    readonly title?: string;
    readonly older?: number;
    readonly draft?: string;
    readonly version?: number;
  } = {},
): Message {
  const { turns = [], status = {}, id = 'c1', title = '', older = 0, draft = '' } = given;
  return {
    type: 'snapshot',
    version: given.version ?? PROTOCOL_VERSION,
    conversation: { id, createdAt: 0, title, turns, older },
    draft: { text: draft, caret: draft.length, attachments: [] },
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

export function block(content: ContentBlock, startedAt = 1000, endedAt: number | undefined = 2000) {
  return { content, startedAt, ...(endedAt === undefined ? {} : { endedAt }) };
}

/** Frames and timers that only pass when the test says so. */
function stillClock(): { draw(): number; rest(): void; restore(): void } {
  const real = {
    requestAnimationFrame: dom.requestAnimationFrame,
    setTimeout: dom.setTimeout,
    clearTimeout: dom.clearTimeout,
  };
  let frames: FrameRequestCallback[] = [];
  const timers = new Map<number, () => void>();
  let last = 0;
  Object.assign(dom, {
    requestAnimationFrame: (callback: FrameRequestCallback) => frames.push(callback),
    setTimeout: (callback: () => void) => {
      last += 1;
      timers.set(last, callback);
      return last;
    },
    clearTimeout: (timer: number) => timers.delete(timer),
  });
  return {
    draw: () => {
      const due = frames;
      frames = [];
      for (const callback of due) callback(0);
      return due.length;
    },
    rest: () => {
      while (timers.size > 0) {
        const due = [...timers];
        timers.clear();
        for (const [, callback] of due) callback();
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
};

function roleOf(element: HTMLElement): string | undefined {
  return element.getAttribute('role') ?? ROLES[element.tagName];
}

function nameOf(element: HTMLElement): string {
  return (element.getAttribute('aria-label') ?? element.textContent ?? '').replace(/\s+/g, ' ').trim();
}
