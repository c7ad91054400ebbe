import type { CacheTtl, ContentBlock } from '../conversation/model.ts';
import type { Thinking } from './capabilities.ts';

/** The body of `POST /v1/messages` without `stream`; a narrow, own type, so that the core needs no SDK. */
export interface MessageRequest {
  readonly model: string;
  /** Tokens. */
  readonly max_tokens: number;
  readonly system?: readonly TextBlock[];
  readonly messages: readonly RequestMessage[];
  readonly thinking?: Thinking;
  readonly output_config?: { readonly effort: string };
  /** Asks why the prompt of an earlier message could not be read from the cache. */
  readonly diagnostics?: { readonly previous_message_id: string | null };
  readonly compaction?: { readonly type: 'summarize'; readonly instructions?: string };
  readonly context_management?: { readonly edits: readonly ContextEdit[] };
  /** Values of the `anthropic-beta` header; no part of the body. */
  readonly betas?: readonly string[];
}

export interface ContextEdit {
  readonly type: 'compact_20260112';
  /** Tokens, at least 50,000. */
  readonly trigger: { readonly type: 'input_tokens'; readonly value: number };
  readonly pause_after_compaction: true;
  readonly instructions?: string;
}

export type RequestMessage =
  | { readonly role: 'user'; readonly content: readonly UserBlock[] }
  | { readonly role: 'assistant'; readonly content: readonly ContentBlock[] };

export interface CacheControl {
  readonly type: 'ephemeral';
  readonly ttl?: CacheTtl;
}

export interface TextBlock {
  readonly type: 'text';
  readonly text: string;
  readonly cache_control?: CacheControl;
}

export interface ImageBlock {
  readonly type: 'image';
  readonly source:
    | { readonly type: 'base64'; readonly media_type: string; readonly data: string }
    | { readonly type: 'url'; readonly url: string };
  readonly cache_control?: CacheControl;
}

/**
 * Under this key a document knows its pages, which its base64 does not tell. A symbol goes along when a block is copied
 * and is left out of JSON: it is no part of what is sent.
 */
export const PAGES: unique symbol = Symbol('pages');

export interface DocumentBlock {
  readonly type: 'document';
  /** Absent when nobody has counted them. */
  readonly [PAGES]?: number;
  readonly source: { readonly type: 'base64'; readonly media_type: 'application/pdf'; readonly data: string };
  readonly title?: string;
  readonly cache_control?: CacheControl;
}

/** A block of a question. */
export type UserBlock = TextBlock | ImageBlock | DocumentBlock;

/** Where a block of a request comes from, so that a complaint about it finds the guilty part. */
export interface BlockOrigin {
  readonly turn: string;
  /** Position in `UserTurn.parts`, or in `AssistantTurn.blocks`. */
  readonly index: number;
}

/** A request together with the origins of its messages' blocks: `origins[i][j]` is that of `messages[i].content[j]`. */
export interface ComposedRequest {
  readonly request: MessageRequest;
  readonly origins: readonly (readonly BlockOrigin[])[];
  /** The compaction whose blocks stand first, if one is in force. */
  readonly compaction?: string;
}

/** Header values of the API's betas that are used. */
export const BETAS = {
  binding: 'thinking-binding-controls-2026-08-01',
  summarize: 'compact-2026-09-04',
  threshold: 'compact-2026-01-12',
} as const;
