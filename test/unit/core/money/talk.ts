import type { CacheTtl, ContentBlock } from '../../../../src/core/conversation/model.ts';
import type { Thinking } from '../../../../src/core/request/capabilities.ts';
import {
  type CacheControl,
  type DocumentBlock,
  type ImageBlock,
  type MessageRequest,
  PAGES,
  type RequestMessage,
  type TextBlock,
  type UserBlock,
} from '../../../../src/core/request/messageRequest.ts';
import { pdfOf } from '../../../support/pdf.ts';
import { picture } from '../../fakeClaude/pictures.ts';

/** A conversation in the form of its requests: what was said, and the settings as they stand. */
export interface Talk {
  model: string;
  effort: string | undefined;
  thinking: Thinking;
  ttl: CacheTtl;
  system: readonly string[];
  messages: readonly RequestMessage[];
}

export function talk(over: Partial<Talk> = {}): Talk {
  return {
    model: 'claude-sonnet-5-5',
    effort: 'high',
    thinking: { type: 'adaptive', display: 'summarized' },
    ttl: '5m',
    system: [],
    messages: [],
    ...over,
  };
}

export function ask(talking: Talk, ...blocks: readonly UserBlock[]): void {
  talking.messages = [...talking.messages, { role: 'user', content: blocks }];
}

export function answer(talking: Talk, content: readonly ContentBlock[]): void {
  talking.messages = [...talking.messages, { role: 'assistant', content }];
}

export function text(content: string): TextBlock {
  return { type: 'text', text: content };
}

export function image(width: number, height: number): ImageBlock {
  return picture(width, height);
}

export function imageByAddress(url = 'https://example.com/a.png'): ImageBlock {
  return { type: 'image', source: { type: 'url', url } };
}

/** A PDF of so many pages. `shown` are those that somebody has counted, null when nobody has. */
export function paper(pages: number, shown: number | null = pages): DocumentBlock {
  const data = pdfOf(pages).toString('base64');
  return {
    type: 'document',
    source: { type: 'base64', media_type: 'application/pdf', data },
    title: 'paper.pdf',
    ...(shown === null ? {} : { [PAGES]: shown }),
  };
}

/** The request that these settings and messages come to, with cache points where Parley puts them. */
export function requestOf({ model, effort, thinking, ttl, system, messages }: Talk): MessageRequest {
  const control: CacheControl = ttl === '1h' ? { type: 'ephemeral', ttl } : { type: 'ephemeral' };
  const questions = messages.flatMap(({ role }, index) => (role === 'user' ? [index] : []));
  const marked = new Set(questions.slice(-2));
  return {
    model,
    max_tokens: 8000,
    ...(system.length > 0 ? { system: markLast(system.map(text), control) } : {}),
    messages: messages.map((message, index) =>
      message.role === 'user' && marked.has(index)
        ? { role: 'user', content: markLast(message.content, control) }
        : message,
    ),
    thinking,
    ...(effort === undefined ? {} : { output_config: { effort } }),
  };
}

function markLast<T extends UserBlock>(blocks: readonly T[], cache_control: CacheControl): readonly T[] {
  const last = blocks.at(-1);
  return last ? blocks.with(-1, { ...last, cache_control }) : blocks;
}

/** Words of a language, `count` of them, different for each `seed`. */
export function prose(count: number, seed = 'a'): string {
  const words = ['house', 'of', 'the', 'quick', 'parser', 'returns', 'value', 'and', 'is', 'written', seed];
  return Array.from({ length: count }, (_, at) => words[(at * 7 + seed.length) % words.length]).join(' ');
}
