import type { AssistantTurn, CacheTtl, Conversation } from '../conversation/model.ts';
import type { Part } from '../conversation/parts.ts';
import type { ModelInfo } from '../modelInfo.ts';
import { cacheControl, markQuestions, markSystem, opensWithUpdates } from './cachePoints.ts';
import { maxTokensFor, settingsFor, type Wishes } from './capabilities.ts';
import { type History, historyOf, type SentMessage } from './history.ts';
import {
  BETAS,
  type ComposedRequest,
  type ContextEdit,
  type MessageRequest,
  type UserBlock,
} from './messageRequest.ts';
import { type AttachmentReader, questionContent } from './question.ts';
import { systemBlocks } from './systemBlocks.ts';
import { isSigned } from './thinkingPrefix.ts';
import { wellFormed } from './wellFormed.ts';

/** Version of the rules by which parts become text (`question.ts`). A new rule gets a new number; old ones stay. */
export const REQUEST_FORMAT = 1;

/** What shapes a request besides the conversation itself. */
export interface RequestOptions extends Wishes {
  readonly modelId: string;
  /** The endpoint's description of that model; absent when nobody knows it. */
  readonly model?: ModelInfo;
  /** How long what is cached shall live. */
  readonly ttl: CacheTtl;
  /** The same for the context pack, which other conversations read as well; never shorter than `ttl`. */
  readonly packTtl: CacheTtl;
  /** The text of the conversation's context pack; undefined where it has none, or its text is gone. */
  readonly packText?: string;
  /** The bytes of an attachment as base64, undefined when they are gone. */
  readonly attachment: AttachmentReader;
}

/**
 * The request that asks for the next answer to the newest question, or for the rest of one in which the server paused.
 * An answer that stands behind the newest question otherwise is no part of it.
 * Append-only: its messages start with those of the request before it (but for the cache marks, which are no part
 * of the prompt), unless a branch, a refusal, a repair or a compaction came between.
 */
export function composeRequest(conversation: Conversation, options: RequestOptions): ComposedRequest {
  const history = historyOf(conversation, options.attachment, 'answer');
  const settings = settingsFor(options.model, options);
  const messages = markQuestions(history.messages, cacheControl(options.ttl, options.without));
  const diagnostics = { previous_message_id: previousMessage(history.answers, options.modelId) };
  return composed(conversation, options, history, messages, {
    maxTokens: settings.maxTokens,
    ...(options.without.has('diagnostics') ? {} : { diagnostics }),
  });
}

/**
 * The request for a summary of the conversation as it stands, up to its newest turn; undefined when the model cannot
 * summarize or nothing is there to be summarized. It has the model, the system prompt, the settings and the
 * messages of the next question, so it reads what is cached. Empty instructions are the API's own.
 */
export function composeCompaction(
  conversation: Conversation,
  options: RequestOptions,
  { instructions = '' }: { readonly instructions?: string },
): ComposedRequest | undefined {
  const ways = options.model?.compaction ?? [];
  const way = ways.includes('summarize') ? 'summarize' : ways[0];
  const history = historyOf(conversation, options.attachment, 'nothing');
  const spoken = history.messages.length - (history.compaction ? 1 : 0);
  if (way === undefined || spoken === 0) return undefined;
  const { maxTokens } = settingsFor(options.model, options);
  const longEnough = maxTokensFor(options.model, Math.max(SHORTEST_SUMMARY, maxTokens));
  const marked = markQuestions(history.messages, cacheControl(options.ttl, options.without));
  const said = wellFormed(instructions.slice(0, LONGEST_INSTRUCTIONS));
  const told = said.trim() === '' ? {} : { instructions: said };
  if (way === 'summarize') {
    const compaction = { type: 'summarize', ...told } as const;
    return composed(conversation, options, history, marked, { maxTokens: longEnough, compaction });
  }
  const edit: ContextEdit = { ...THRESHOLD_EDIT, ...told };
  const asked = marked.at(-1)?.message.role === 'user' ? marked : [...marked, SUMMARY_WISH];
  return composed(conversation, options, history, asked, {
    maxTokens: longEnough,
    context_management: { edits: [edit] },
  });
}

/** A question's parts as content blocks: attachments first, the words last, nothing blank. */
export function questionBlocks(
  parts: readonly Part[],
  attachment: AttachmentReader = () => undefined,
): readonly UserBlock[] {
  return questionContent({ parts }, attachment).map(({ block }) => block);
}

/** Tokens; a summary that does not fit is billed and lost (API docs, compaction). */
const SHORTEST_SUMMARY = 8_192;
/** UTF-16 units, never more than the characters that the API allows. */
const LONGEST_INSTRUCTIONS = 16_384;

const THRESHOLD_EDIT: ContextEdit = {
  type: 'compact_20260112',
  trigger: { type: 'input_tokens', value: 50_000 },
  pause_after_compaction: true,
};

/** A request with a context edit is an ordinary one and must end in a question, which belongs to no turn. */
const SUMMARY_WISH: SentMessage = {
  message: { role: 'user', content: [{ type: 'text', text: 'Summarize our conversation so far.' }] },
  origins: [{ turn: '', index: 0 }],
  answered: false,
};

type Extras = Pick<MessageRequest, 'diagnostics' | 'compaction' | 'context_management'> & {
  readonly maxTokens: number;
};

function composed(
  conversation: Conversation,
  options: RequestOptions,
  { compaction }: History,
  messages: readonly SentMessage[],
  { maxTokens, ...extras }: Extras,
): ComposedRequest {
  const { thinking, effort } = settingsFor(options.model, options);
  const blocks = systemBlocks(conversation.system, options.packText);
  const system = markSystem(blocks, {
    end: opensWithUpdates(messages) ? undefined : cacheControl(options.ttl, options.without),
    pack: cacheControl(options.packTtl, options.without),
  });
  const request: MessageRequest = {
    model: options.modelId,
    max_tokens: maxTokens,
    ...(system.length === 0 ? {} : { system }),
    messages: messages.map(({ message }) => message),
    ...(thinking ? { thinking } : {}),
    ...(effort === undefined ? {} : { output_config: { effort } }),
    ...extras,
  };
  const signed = compaction && isSigned(compaction);
  const betas = new Set([
    ...(thinking && 'block_binding' in thinking ? [BETAS.binding] : []),
    ...(signed || extras.compaction ? [BETAS.summarize] : []),
    ...((compaction && !signed) || extras.context_management ? [BETAS.threshold] : []),
  ]);
  return {
    request: { ...request, ...(betas.size === 0 ? {} : { betas: [...betas] }) },
    origins: messages.map(({ origins }) => origins),
    ...(compaction ? { compaction: compaction.id } : {}),
  };
}

/** The newest message of this model whose prompt this request repeats, for the API to compare with. */
function previousMessage(answers: readonly AssistantTurn[], modelId: string): string | null {
  const previous = answers.findLast(
    (answer) => answer.model.id === modelId && answer.messageId !== undefined,
  );
  return previous?.messageId ?? null;
}
