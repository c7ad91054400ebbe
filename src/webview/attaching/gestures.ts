import type { Translate } from '../../core/failure.ts';
import { MAX_TEXT, type ToHost } from '../../core/protocol.ts';
import { hint, setDragging } from '../changes.ts';
import { pasteKeys } from '../input/keyNames.ts';
import { textBoxIn } from '../input/textBox.ts';
import { typeInto } from '../input/typing.ts';
import type { Store } from '../store.ts';
import type { Arrivals } from './arrivals.ts';
import type { AttachFile } from './attachFile.ts';
import type { Collect } from './collecting.ts';
import { closeFully } from './mentioning.ts';
import { type Brought, canAttach, claimsPicture, dropped, hasMoreLines, pasted } from './transfer.ts';

/** What pasting and dropping need of the page. */
export interface GesturesGround {
  readonly root: HTMLElement;
  readonly window: Window & typeof globalThis;
  readonly store: Store;
  readonly arrivals: Arrivals;
  readonly collect: Collect;
  readonly attachFile: AttachFile;
  readonly t: Translate;
  readonly signal: AbortSignal;
  send(wish: ToHost): void;
}

/** Ways to attach besides pasting into the text box and dropping on the page, which are listened to. */
export interface Gestures {
  /** Attaches the pictures on the clipboard. */
  pastePictures(): void;
}

/** A pasted text of more lines is attached, so that the question stays in sight. */
const MOST_LINES = 50;

export function listenToGestures(ground: GesturesGround): Gestures {
  listenToPaste(ground);
  listenToDrop(ground);
  return { pastePictures: () => void pastePictures(ground) };
}

function listenToPaste(ground: GesturesGround): void {
  const { root, signal } = ground;
  let plainly = false;
  const pressed = ({ key, shiftKey, ctrlKey, metaKey }: KeyboardEvent): void => {
    plainly = shiftKey && (ctrlKey || metaKey) && key.toLowerCase() === 'v';
  };
  const paste = (event: ClipboardEvent): void => {
    const isPlain = plainly;
    plainly = false;
    if (!event.clipboardData || !isInTextBox(event)) return;
    const brought = pasted(event.clipboardData);
    const isLong = !isPlain && hasMoreLines(brought.text, MOST_LINES);
    if (brought.text !== '' && !isLong && brought.text.length <= MAX_TEXT) return;
    if (!isSomething(brought)) return;
    event.preventDefault();
    if (brought.text === '') attach(brought, ground);
    else attachText(brought.text, ground);
  };
  root.addEventListener('keydown', pressed, { capture: true, signal });
  root.addEventListener('keyup', () => (plainly = false), { capture: true, signal });
  root.addEventListener('paste', paste, { signal });
}

function listenToDrop(ground: GesturesGround): void {
  const { root, window, store, signal } = ground;
  const show = (dragging: boolean): void => store.change((now) => setDragging(now, dragging));
  const over = (event: DragEvent): void => {
    const transfer = event.dataTransfer;
    if (!transfer || !store.now().chat) return;
    const attachable = canAttach(transfer);
    if (attachable) show(true);
    // Text falls into a field by itself, and anywhere else at its caret.
    if (!attachable && (fieldOf(event) || !transfer.types.includes('text/plain'))) return;
    event.preventDefault();
    transfer.dropEffect = 'copy';
  };
  const left = (event: DragEvent): void => {
    if (!event.relatedTarget) show(false);
  };
  const drop = (event: DragEvent): void => {
    show(false);
    const transfer = event.dataTransfer;
    if (!transfer || !store.now().chat) return;
    const brought = dropped(transfer);
    const field = fieldOf(event);
    if (brought.text !== '' && field && !canAttach(transfer)) return;
    // Else the browser would show the file in place of the page.
    event.preventDefault();
    const box = brought.text === '' ? textBoxIn(root) : (field ?? textBoxIn(root));
    if (brought.text !== '' && box) typeInto(box, box.selectionStart, box.selectionEnd, brought.text);
    else attach(brought, ground);
    // What was brought in as a whole is no name that somebody begins to write.
    if (brought.text !== '') store.change(closeFully);
    box?.focus();
  };
  window.addEventListener('dragenter', over, { signal });
  window.addEventListener('dragover', over, { signal });
  window.addEventListener('dragleave', left, { signal });
  window.addEventListener('dragend', () => show(false), { signal });
  window.addEventListener('drop', drop, { signal });
}

function isInTextBox({ target }: Event): boolean {
  return target !== null && 'closest' in target && (target as Element).closest('.text-box') !== null;
}

/** The text box, or another field for text, at which an event is aimed. */
function fieldOf({ target }: Event): HTMLTextAreaElement | undefined {
  if (target === null || !('closest' in target)) return undefined;
  return (target as Element).closest<HTMLTextAreaElement>('textarea') ?? undefined;
}

function isSomething({ pictures, files, uris, text }: Brought): boolean {
  return pictures.length + files.length > 0 || uris !== '' || text !== '';
}

function attach({ pictures, files, uris }: Brought, ground: GesturesGround): void {
  ground.arrivals.take(pictures.map((picture) => ({ picture, label: picture.name })));
  for (const file of files) ground.attachFile(file, file.name);
  if (uris !== '') attachUris(uris, ground);
}

function attachUris(uris: string, { collect, send, t }: GesturesGround): void {
  const all = uris.split('\n');
  const first = all[0]?.split(/[?#]/)[0]?.replace(/\/+$/, '').split('/').at(-1) ?? '';
  const name = collect(all.length === 1 ? readable(first) : t('{0} files', all.length));
  if (name) send({ type: 'attachUris', ...name, uris });
}

/** A name as it stands in a URI, without its escapes where they are some. */
function readable(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function attachText(text: string, { window, store, send, collect, t }: GesturesGround): void {
  if (text.length > MAX_TEXT) {
    store.change((now) => hint(now, t('The text is too long for any model and was not pasted.')));
    return;
  }
  const wish = collect(t('Pasted text'));
  if (wish) send({ type: 'attachText', ...wish, text });
  const count = text.trimEnd().split('\n').length;
  const words = t(
    'Long text goes along as an attachment: {0} lines. {1} pastes it here instead.',
    count,
    pasteKeys(window).pastePlainly,
  );
  store.change((now) => hint(now, words));
}

/** Only works right after a click or a key, and where the page may read the clipboard. */
async function pastePictures({ window, store, arrivals, t }: GesturesGround): Promise<void> {
  const tell = (sentence: string): void => store.change((now) => hint(now, sentence));
  try {
    await focused(window);
    const items = await window.navigator.clipboard.read();
    const found = items.flatMap((item) => {
      const type = item.types.find((each) => claimsPicture({ type: each }));
      return type === undefined ? [] : [item.getType(type)];
    });
    const pictures = await Promise.all(found);
    arrivals.take(
      pictures.map((picture) => ({ picture, label: `image.${picture.type.replace(/^image\//, '')}` })),
    );
    if (pictures.length === 0) tell(t('There is no picture on the clipboard.'));
  } catch {
    tell(t('Press {0} in the text box to paste a picture.', pasteKeys(window).paste));
  }
}

/** A browser lets a page with the focus read the clipboard. It comes a moment after the host has asked for it, or never. */
function focused(window: Window): Promise<void> {
  if (window.document.hasFocus()) return Promise.resolve();
  return new Promise((resolve) => {
    window.addEventListener('focus', () => resolve(), { once: true });
    window.setTimeout(resolve, 1_000);
  });
}
