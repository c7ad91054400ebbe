import type {
  AssistantTurn,
  CodePart,
  ContentBlock,
  Conversation,
  FrozenSystem,
  Part,
  Turn,
} from '../conversation/model.ts';
import type { ModelInfo } from '../modelInfo.ts';
import { effortFor, maxTokensFor, type Thinking, thinkingFor } from './capabilities.ts';

/** Version of the rules in this file by which parts become text. A new rule gets a new number; old ones stay. */
export const REQUEST_FORMAT = 1;

export interface CacheControl {
  readonly type: 'ephemeral';
  readonly ttl?: '5m' | '1h';
}

export interface TextBlock {
  readonly type: 'text';
  readonly text: string;
  readonly cache_control?: CacheControl;
}

export type RequestMessage =
  | { readonly role: 'user'; readonly content: readonly TextBlock[] }
  | { readonly role: 'assistant'; readonly content: readonly ContentBlock[] };

/** The body of `POST /v1/messages` without `stream`; a narrow, own type, so that the core needs no SDK. */
export interface MessageRequest {
  readonly model: string;
  /** Tokens. */
  readonly max_tokens: number;
  readonly system?: readonly TextBlock[];
  readonly messages: readonly RequestMessage[];
  readonly thinking?: Thinking;
  readonly output_config?: { readonly effort: string };
}

/** What shapes a request besides the conversation itself. */
export interface RequestOptions {
  readonly modelId: string;
  /** The endpoint's description of that model; absent when nobody knows it. */
  readonly model?: ModelInfo;
  readonly effort: string;
  /** Tokens. */
  readonly maxOutputTokens: number;
}

/**
 * The request that asks for the next answer to the newest question; an answer that is still empty is no part of it.
 * Append-only: its messages start with those of the request before it (but for the moving cache mark,
 * which is no part of the prompt).
 */
export function buildRequest(conversation: Conversation, options: RequestOptions): MessageRequest {
  const maxTokens = maxTokensFor(options.model, options.maxOutputTokens);
  const thinking = thinkingFor(options.model, maxTokens);
  const effort = effortFor(options.model, options.effort);
  const system = systemBlocks(conversation.system);
  return {
    model: options.modelId,
    max_tokens: maxTokens,
    ...(system.length === 0 ? {} : { system }),
    messages: markNewest(messagesOf(conversation.turns)),
    ...(thinking ? { thinking } : {}),
    ...(effort === undefined ? {} : { output_config: { effort } }),
  };
}

/** A question's parts as content blocks: attachments first, the question last, nothing blank. */
export function questionBlocks(parts: readonly Part[]): readonly TextBlock[] {
  const code = parts.filter((part) => part.kind === 'code').map(renderCode);
  const text = parts.filter((part) => part.kind === 'text').map((part) => part.text);
  return [...code, ...text]
    .filter((entry) => entry.trim() !== '')
    .map((entry) => ({ type: 'text', text: entry }));
}

/** A fence longer than any run of backticks inside keeps code that holds Markdown whole. */
function renderCode(part: CodePart): string {
  const longest = Math.max(2, ...Array.from(part.text.matchAll(/`+/g), (run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  const lines =
    part.startLine === part.endLine ? `line ${part.startLine}` : `lines ${part.startLine}-${part.endLine}`;
  const unsaved = part.unsaved ? ', with unsaved changes' : '';
  const body = part.text.endsWith('\n') ? part.text : `${part.text}\n`;
  return `${part.path}, ${lines}${unsaved}:\n${fence}${part.languageId}\n${body}${fence}`;
}

function systemBlocks(system: FrozenSystem | undefined): readonly TextBlock[] {
  const texts = (system?.texts ?? []).filter((text) => text.trim() !== '');
  return texts.map((text, index) => ({
    type: 'text',
    text,
    ...(index === texts.length - 1 ? { cache_control: { type: 'ephemeral' } } : {}),
  }));
}

function messagesOf(turns: readonly Turn[]): readonly RequestMessage[] {
  const refused = refusedTurns(turns);
  const messages: RequestMessage[] = [];
  for (const turn of turns) {
    if (refused.has(turn.id)) continue;
    const content = turn.role === 'user' ? questionBlocks(turn.parts) : answerBlocks(turn);
    if (content.length > 0) messages.push({ role: turn.role, content } as RequestMessage);
  }
  return messages;
}

/** The API asks that a refused exchange leaves the history, question and answer both. */
function refusedTurns(turns: readonly Turn[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const turn of turns) {
    if (turn.role !== 'assistant' || turn.stopReason !== 'refusal') continue;
    ids.add(turn.id);
    if (turn.parent !== null) ids.add(turn.parent);
  }
  return ids;
}

/**
 * What goes back of an answer: every block as it came. Of an answer that was cut short the block that was
 * still growing goes back only when it is text; half a thought has no signature. The API takes no empty text
 * and no answer that ends in a thought (the length limit can cut one there).
 */
function answerBlocks(turn: AssistantTurn): readonly ContentBlock[] {
  const content = turn.blocks
    .filter((block) => block.endedAt !== undefined || block.content.type === 'text')
    .map((block) => block.content)
    .filter((block) => block.type !== 'text' || !isBlank(block.text));
  const lastSaid = content.findLastIndex((block) => !isThought(block));
  return content.slice(0, lastSaid + 1);
}

function isThought(block: ContentBlock): boolean {
  return block.type === 'thinking' || block.type === 'redacted_thinking';
}

function isBlank(text: unknown): boolean {
  return typeof text !== 'string' || text.trim() === '';
}

/** The moving cache point: the last block of the newest question. */
function markNewest(messages: readonly RequestMessage[]): readonly RequestMessage[] {
  const newest = messages.at(-1);
  const last = newest?.role === 'user' ? newest.content.at(-1) : undefined;
  if (newest?.role !== 'user' || !last) return messages;
  const marked: TextBlock = { ...last, cache_control: { type: 'ephemeral' } };
  return messages.with(-1, { role: 'user', content: newest.content.with(-1, marked) });
}
