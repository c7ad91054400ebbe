import { PROTOCOL_VERSION, type ToHost } from '../core/protocol.ts';
import { type Attaching, createAttaching } from './attaching/attaching.ts';
import type { Pictures } from './attaching/picturing.ts';
import { allowOnce, follow, saveEdited, say, submit } from './changes.ts';
import { decodeToView } from './decode.ts';
import { startDrawing } from './drawing.ts';
import { createFormat } from './format.ts';
import { apply } from './hearing.ts';
import { listenToMarkdown } from './input/clicks.ts';
import { createCopy } from './input/copying.ts';
import { createReading } from './input/reading.ts';
import { textBoxIn } from './input/textBox.ts';
import { startKeeping } from './keeping.ts';
import { createTranslate } from './l10n.ts';
import { recall } from './memory.ts';
import { createPictures } from './pictures/pictures.ts';
import { shrinkImage } from './pictures/shrinkImage.ts';
import { createDecorate } from './render/codeBlock.ts';
import { createCountdowns } from './render/countdown.ts';
import { createHighlighter, type Highlighter } from './render/highlighter.ts';
import { createMarkdown } from './render/markdown.ts';
import { initialState } from './state.ts';
import { createStore, type Store } from './store.ts';
import type { Tools } from './view/tools.ts';
import type { PageApi } from './vscodeApi.ts';

/** What the page stands on. */
export interface Ground {
  readonly root: HTMLElement;
  readonly api: PageApi;
  readonly window: Window & typeof globalThis;
  /** What works on pictures; the browser's own means when absent. */
  readonly pictures?: Pictures;
}

/** Brings the page to life. Gives a function that ends it; calling it twice is harmless. */
export function startChat({ root, api, window, pictures: given }: Ground): () => void {
  const end = new window.AbortController();
  const { signal } = end;
  const send = (wish: ToHost): void => api.postMessage(wish);
  const store = createStore(initialState(recall(api.getState())));
  const reading = createReading(
    root,
    window,
    (following) => store.change((now) => follow(now, following)),
    signal,
  );
  const highlighter = createHighlighter(window, root.dataset.highlight, signal);
  const basics = createBasics({ root, window }, store, highlighter, send, signal);
  const { t, submit } = basics;
  const pictures = given ?? createPictures(window, t);
  const attaching = createAttaching({ root, window, store, pictures, t, signal, send, submit });
  const tools: Tools = { ...basics, ...attaching.tools };
  const drawn = (): void =>
    highlighter.load({
      loaded: () => tools.markdown.color(root),
      failed: () => send({ type: 'report', message: 'Code stays plain: highlight.js could not be loaded.' }),
    });
  startDrawing({ root, window, store, reading, tools, send, drawn });
  startKeeping({ root, api, window, store, reading, signal, send });
  listenToMarkdown(root, tools, signal);
  window.addEventListener('resize', () => reading.pin(store.now().following), { signal });
  listenToHost(window, store, attaching, send, signal);
  return () => end.abort();
}

/** Says `ready` now, and again whenever the state has lost the thread. */
function listenToHost(
  window: Window & typeof globalThis,
  store: Store,
  attaching: Attaching,
  send: (wish: ToHost) => void,
  signal: AbortSignal,
): void {
  const ready = (): void => send({ type: 'ready', version: PROTOCOL_VERSION });
  const receive = ({ data }: MessageEvent<unknown>): void => {
    const message = decodeToView(data);
    if (message) store.change((now) => apply(now, message));
    else send({ type: 'report', message: 'A message from the host was not understood.' });
    if (message) attaching.hear(message);
    if (message?.type === 'imageShrinkAsked') void shrinkImage(window, message).then(send);
  };
  store.watch((now, before) => {
    if (now.asks > before.asks) ready();
  });
  window.addEventListener('message', receive, { signal });
  ready();
}

function createBasics(
  { root, window }: Pick<Ground, 'root' | 'window'>,
  store: Store,
  { highlight }: Highlighter,
  send: (wish: ToHost) => void,
  signal: AbortSignal,
): Omit<Tools, keyof Attaching['tools']> {
  const { document } = window;
  const t = createTranslate(root.dataset.l10n);
  return {
    document,
    t,
    send,
    change: store.change,
    format: createFormat(document.documentElement.lang || 'en-US', t),
    markdown: createMarkdown(window, t, createDecorate(document, t), highlight),
    countdowns: createCountdowns(window, signal),
    copy: createCopy(window, t, send, (sentence) => store.change((now) => say(now, sentence))),
    submit: () => {
      const { state, text } = submit(store.now(), t);
      const conversation = state.chat?.conversation.id;
      if (conversation !== undefined && text !== undefined) send({ type: 'ask', conversation, text });
      store.change(() => state);
    },
    save: () => {
      const { state, wish } = saveEdited(store.now(), t);
      if (wish) send(wish);
      store.change(() => state);
    },
    allow: () => {
      const { state, wishes } = allowOnce(store.now());
      for (const wish of wishes) send(wish);
      store.change(() => state);
    },
    jump: () => {
      store.change((now) => follow(now, true));
      textBoxIn(root)?.focus();
    },
  };
}
