import type { Token } from 'marked';
import { type Links, type Markdown, showAll } from './markdown.ts';
import { morphChildren } from './morph.ts';

/** Markdown that grows. The element stays the same; only its end changes. */
export interface StreamedBody {
  readonly element: HTMLElement;
  /** Shows the text as it stands now. */
  grow(text: string): void;
  /** Shows the whole text once more, because a late reference link can change an early paragraph. */
  finish(text: string): void;
}

/**
 * Blocks are frozen as soon as two more follow: until then a list, a table or a heading can still change.
 * `now` gives milliseconds and is only used to go easy on a text that is slow to parse.
 */
export function createStreamedBody(
  document: Document,
  markdown: Markdown,
  now: () => number = () => performance.now(),
): StreamedBody {
  const element = document.createElement('div');
  element.className = 'markdown';
  const pace = createPace(now);
  let tail = emptyTail();
  let shown = '';
  let finished = false;
  return {
    element,
    grow: (given) => {
      if (given === shown && !finished) return;
      const text = normal(given);
      if (finished || !text.startsWith(normal(shown))) tail = emptyTail();
      else if (pace.tooSoon()) return;
      shown = given;
      finished = false;
      pace.time(() => {
        tail = growTail(element, markdown, tail, text);
      });
    },
    finish: (given) => {
      if (finished && given === shown) return;
      shown = given;
      finished = true;
      morphChildren(element, 0, showAll(markdown, given));
    },
  };
}

/** What can still change: where it starts in the text and among the nodes, and what it shows. */
interface Tail {
  readonly start: number;
  readonly firstNode: number;
  /** Reference links of the frozen blocks. */
  readonly links: Links;
  /** All links that the blocks were shown with, to see when they have to be shown anew. */
  readonly shownWith: string;
  readonly blocks: readonly ShownBlock[];
}

interface ShownBlock {
  readonly raw: string;
  readonly nodes: readonly Node[];
}

const LIVE_BLOCKS = 2;
/** A step that took longer than a frame is followed by a pause of this many times its length. */
const PAUSE = 4;
const FRAME = 16;

function emptyTail(): Tail {
  return { start: 0, firstNode: 0, links: {}, shownWith: '{}', blocks: [] };
}

function normal(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

function growTail(element: HTMLElement, markdown: Markdown, tail: Tail, text: string): Tail {
  const source = text.slice(tail.start);
  const { tokens, links } = markdown.blocks(source, tail.links);
  const shownWith = JSON.stringify(links);
  const next = tokens.map((token, at): ShownBlock => {
    const before = shownWith === tail.shownWith ? tail.blocks[at] : undefined;
    return before?.raw === token.raw ? before : { raw: token.raw, nodes: markdown.show(token) };
  });
  const placed = morphChildren(
    element,
    tail.firstNode,
    next.flatMap((block) => block.nodes),
  );
  return freeze({ ...tail, shownWith }, source, tokens, distribute(next, placed));
}

/** Morphing may have kept an older node in a block's place. */
function distribute(blocks: readonly ShownBlock[], placed: readonly Node[]): ShownBlock[] {
  let at = 0;
  return blocks.map(({ raw, nodes }) => {
    const start = at;
    at += nodes.length;
    return { raw, nodes: placed.slice(start, at) };
  });
}

/** Moves the start of the tail behind the blocks that are settled. */
function freeze(tail: Tail, source: string, tokens: readonly Token[], blocks: readonly ShownBlock[]): Tail {
  const settled = blocks.slice(0, settledCount(tokens));
  const raw = settled.map((block) => block.raw).join('');
  if (!source.startsWith(raw)) return { ...tail, blocks };
  const nodes = settled.reduce((sum, block) => sum + block.nodes.length, 0);
  return {
    ...tail,
    start: tail.start + raw.length,
    firstNode: tail.firstNode + nodes,
    links: addLinks(tail.links, tokens.slice(0, settled.length)),
    blocks: blocks.slice(settled.length),
  };
}

/** The first definition of a label counts. */
function addLinks(links: Links, tokens: readonly Token[]): Links {
  const added: Links = {};
  for (const token of tokens) {
    if (token.type === 'def') added[token.tag] ??= { href: token.href, title: token.title };
  }
  return { ...added, ...links };
}

function settledCount(tokens: readonly Token[]): number {
  let live = 0;
  for (let at = tokens.length - 1; at >= 0; at -= 1) {
    if (tokens[at]?.type !== 'space') live += 1;
    if (live === LIVE_BLOCKS) return at;
  }
  return 0;
}

function createPace(now: () => number): { tooSoon(): boolean; time(work: () => void): void } {
  let resumeAt = 0;
  return {
    tooSoon: () => now() < resumeAt,
    time: (work) => {
      const start = now();
      work();
      const end = now();
      resumeAt = end - start > FRAME ? end + PAUSE * (end - start) : 0;
    },
  };
}
