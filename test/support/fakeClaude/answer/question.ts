import { blocksOf, textOf, type Wire, wireOf, wires } from '../wire.ts';

/** What can be understood of the newest question without understanding it. */
export interface Question {
  /** The question without its attachments, on one line. */
  readonly text: string;
  readonly code: readonly AttachedCode[];
  readonly images: number;
  readonly documents: readonly string[];
  /** How many user messages came before this one. */
  readonly earlier: number;
}

export interface AttachedCode {
  /** As it was given, for instance `src/a.ts, lines 3-9`; undefined for a fence without a caption. */
  readonly caption: string | undefined;
  readonly language: string;
  readonly text: string;
}

/** Reads the user messages after the last answer. */
export function readQuestion(request: Wire): Question {
  const messages = wires(request.messages);
  const answered = messages.findLastIndex((message) => message.role === 'assistant');
  const newest = messages.slice(answered + 1).filter((message) => message.role === 'user');
  const blocks = newest.flatMap((message) => blocksOf(message.content));
  const texts = blocks.filter((block) => block.type === 'text').map((block) => textOf(block.text));
  const code = texts.flatMap(attachedCode);
  const last = texts.map((text) => text.replaceAll(FENCE, ' ').trim()).findLast((text) => text !== '');
  return {
    text: (last ?? '').replaceAll(/\s+/g, ' '),
    code,
    images: blocks.filter((block) => block.type === 'image').length,
    documents: blocks.filter((block) => block.type === 'document').map(titleOf),
    earlier: messages.slice(0, answered + 1).filter((message) => message.role === 'user').length,
  };
}

/** A fenced block, with the caption line before it if that ends in a colon. */
const FENCE = /(?:^([^\n`]{1,300}):\n)?^(`{3,})([^\n`]*)\n([\s\S]*?)\n?^\2[ \t]*$/gm;

function attachedCode(text: string): readonly AttachedCode[] {
  return Array.from(text.matchAll(FENCE), (match) => ({
    caption: match[1]?.trim(),
    language: (match[3] ?? '').trim(),
    text: match[4] ?? '',
  }));
}

function titleOf(document: Wire): string {
  return textOf(document.title) || textOf(wireOf(document.source).media_type) || 'a document';
}
