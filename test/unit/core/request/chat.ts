import assert from 'node:assert/strict';
import { modelInfoOf } from '../../../../src/claude/modelInfo.ts';
import { type ChatEvent, emptyConversation, reduceAll } from '../../../../src/core/conversation/events.ts';
import {
  type AssistantTurn,
  type Compaction,
  type ContentBlock,
  type Conversation,
  compactionInForce,
  type Failure,
  type Repair,
} from '../../../../src/core/conversation/model.ts';
import type { Part } from '../../../../src/core/conversation/parts.ts';
import type { ModelInfo } from '../../../../src/core/modelInfo.ts';
import { fail, type Result, succeed } from '../../../../src/core/ports.ts';
import { checkLimits, type Need } from '../../../../src/core/request/limits.ts';
import type { ComposedRequest, MessageRequest } from '../../../../src/core/request/messageRequest.ts';
import { givesUp, repairFor } from '../../../../src/core/request/repair.ts';
import {
  composeCompaction,
  composeRequest,
  type RequestOptions,
} from '../../../../src/core/request/request.ts';
import { NO_USAGE } from '../../../support/conversations.ts';
import { type Account, createAccount } from '../../../support/fakeClaude/answer/account.ts';
import { answerMessages } from '../../../support/fakeClaude/answer/messages.ts';
import type { FakeModel } from '../../../support/fakeClaude/catalogue.ts';
import { DEFAULT_MODELS } from '../../../support/fakeClaude/defaultModels.ts';
import { ApiError } from '../../../support/fakeClaude/errors.ts';
import { textOf, type Wire, wireOf, wires } from '../../../support/fakeClaude/wire.ts';
import { pdfOf } from '../../../support/pdf.ts';

/** How one answer went in a chat with the simulated server. */
export interface Outcome {
  readonly failure?: Failure;
  readonly repairs: readonly Repair[];
  /** The requests that were sent for it, refused ones included. */
  readonly sent: readonly ComposedRequest[];
  /** What the server billed for the last one. */
  readonly usage: Wire;
}

/** A conversation with the simulated server, without a network: what it refuses becomes a failure. */
export interface Chat {
  readonly account: Account;
  conversation: Conversation;
  options: RequestOptions;
  /** Sees every request before it is sent. */
  onRequest: (composed: ComposedRequest) => void;
  /** Hears of what the simulated server itself refuses, before that is repaired. */
  onRefused: (failure: Failure) => void;
  record(...events: readonly ChatEvent[]): void;
  ask(parts: readonly Part[], manner?: Manner): Outcome;
  /** Asks the newest question again. */
  retry(manner?: Manner): Outcome;
  edit(question: string, parts: readonly Part[], manner?: Manner): Outcome;
  /** Asks for a summary; undefined when there is nothing to ask for. It stays `offered`. */
  compact(): Compaction | undefined;
}

/** What befalls an answer. */
export interface Manner {
  /** The user stops it after so many blocks, in the middle of one when `half` is set. */
  readonly stopAfter?: number;
  readonly half?: boolean;
  /** It fails before it begins. */
  readonly fails?: Failure;
  /** A server that finds fault; undefined lets the request through to the simulated one. */
  readonly refuse?: (request: ComposedRequest) => Failure | undefined;
}

/** The parts of a question that consists of words. */
export function say(text: string): readonly Part[] {
  return [{ kind: 'text', text }];
}

/** A chat whose system prompt is long enough to be cached. */
export function createChat(over: Partial<RequestOptions> = {}, models = DEFAULT_MODELS): Chat {
  const account = createAccount({ models, keys: undefined, pace: 'instant', now: () => 1 });
  let ids = 0;
  const newId = (kind: string): string => `${kind}${++ids}`;
  const chat: Chat = {
    account,
    conversation: reduceAll(emptyConversation('c', 1), [
      { type: 'systemFrozen', system: { format: 1, texts: ['Be exact. '.repeat(600), 'Be kind.'] } },
    ]),
    options: { ...optionsFor(modelNamed('claude-sonnet-5-5')), ...over },
    onRequest: () => undefined,
    onRefused: () => undefined,
    record(...events) {
      chat.conversation = reduceAll(chat.conversation, events);
    },
    ask: (parts, manner = {}) => begin(chat.conversation.turns.at(-1)?.id ?? null, parts, manner),
    retry: (manner = {}) => answer(manner),
    edit(question, parts, manner = {}) {
      const before = chat.conversation.turns.find((turn) => turn.id === question);
      assert.ok(before);
      return begin(before.parent, parts, manner);
    },
    compact() {
      const composed = composeCompaction(chat.conversation, chat.options, { instructions: 'Keep names.' });
      if (!composed) return undefined;
      const message = serve(account, composed.request);
      const blocks = wires(message.content).filter((block) => block.type === 'compaction');
      if (message.stop_reason !== 'compaction') return undefined;
      const compaction: Compaction = {
        id: newId('c'),
        at: 1,
        model: { id: chat.options.modelId, name: 'M' },
        through: chat.conversation.turns.at(-1)?.id ?? '',
        way: composed.request.compaction ? 'summarize' : 'threshold',
        state: 'offered',
        blocks: blocks as unknown as readonly ContentBlock[],
      };
      chat.record({ type: 'compactionStarted', compaction });
      return compaction;
    },
  };

  function begin(parent: string | null, parts: readonly Part[], manner: Manner): Outcome {
    chat.record({ type: 'turnAdded', turn: { role: 'user', id: newId('q'), parent, at: 1, parts } });
    return answer(manner);
  }

  function answer(manner: Manner): Outcome {
    const parent = chat.conversation.turns.findLast((turn) => turn.role === 'user')?.id ?? null;
    const id = newId('a');
    const open: AssistantTurn = {
      role: 'assistant',
      id,
      parent,
      at: 1,
      model: { id: chat.options.modelId, name: 'M' },
      state: 'streaming',
      blocks: [],
    };
    // An answer that another one replaces takes the summary with it that stood for it as well.
    const added = reduceAll(chat.conversation, [{ type: 'turnAdded', turn: open }]);
    const compaction = compactionInForce(added)?.id;
    const turn = compaction === undefined ? open : { ...open, compaction };
    chat.record({ type: 'turnAdded', turn });
    if (manner.fails) {
      chat.record({ type: 'turnEnded', turn: id, state: 'failed', at: 1, failure: manner.fails });
      return { failure: manner.fails, repairs: [], sent: [], usage: {} };
    }
    return run(chat, id, manner);
  }

  return chat;
}

/** Sends until the answer has ended, as the session does: limits, request, repairs, pauses. */
function run(chat: Chat, turn: string, manner: Manner): Outcome {
  const repairs: Repair[] = [];
  const sent: ComposedRequest[] = [];
  const repair = (needs: readonly Need[], failure?: Failure): void => {
    const made = needs.map((need) => repairOf(need, chat.conversation));
    repairs.push(...made);
    const attempt = { at: 1, ...(failure ? { failure } : {}) };
    chat.record({ type: 'requestRepaired', turn, repairs: made, attempt });
    chat.options = optionsAfter(chat.options, made);
  };
  for (let round = 0; round < 30; round++) {
    const before = composeRequest(chat.conversation, chat.options);
    const needs = checkLimits(before, chat.conversation, chat.options.model);
    if (needs.length > 0) repair(needs);
    const composed = composeRequest(chat.conversation, chat.options);
    sent.push(composed);
    chat.onRequest(composed);
    const refusal = manner.refuse?.(composed);
    const answered = refusal ? fail<Wire>(refusal) : send(chat.account, composed.request);
    if (!answered.ok) {
      const { failure } = answered;
      if (!refusal) chat.onRefused(failure);
      const more = repairFor(failure, composed, chat.conversation, repairs);
      if (more) {
        assert.ok(more.length > 0);
        repair(more, failure);
        continue;
      }
      const last = givesUp(failure, composed);
      if (last.length > 0) repair(last, failure);
      chat.record({ type: 'turnEnded', turn, state: 'failed', at: 1, failure });
      return { failure, repairs, sent, usage: {} };
    }
    const stopReason = take(chat, turn, answered.value, manner, round);
    if (stopReason === 'pause_turn') {
      chat.record({ type: 'answerPaused', turn, attempt: { at: round, stopReason } });
      continue;
    }
    return { repairs, sent, usage: wireOf(answered.value.usage) };
  }
  throw new Error('It does not come to an end.');
}

/** Records an answer; what the user stopped is cut. Gives the reason why it ended. */
function take(chat: Chat, turn: string, message: Wire, { stopAfter, half }: Manner, round: number): string {
  chat.record({ type: 'answerStarted', turn, messageId: textOf(message.id), usage: NO_USAGE });
  const have = chat.conversation.turns.find((one) => one.id === turn);
  const base = have?.role === 'assistant' ? have.blocks.length : 0;
  const all = wires(message.content) as unknown as readonly ContentBlock[];
  const kept = all.slice(0, stopAfter ?? all.length);
  for (const [at, block] of kept.entries()) {
    const index = base + at;
    const isCut = half && at === kept.length - 1;
    const shown = isCut && block.type === 'text' ? { ...block, text: textOf(block.text).slice(0, 5) } : block;
    chat.record({ type: 'blockStarted', turn, index, block: shown, at: round });
    if (!isCut) chat.record({ type: 'blockEnded', turn, index, at: round });
  }
  const stopReason = textOf(message.stop_reason);
  if (stopAfter !== undefined) {
    chat.record({ type: 'turnEnded', turn, state: 'stopped', at: 1 });
    return 'stopped';
  }
  if (stopReason === 'pause_turn') return stopReason;
  const state = stopReason === 'refusal' ? 'failed' : 'done';
  chat.record({ type: 'turnEnded', turn, state, at: 1, stopReason });
  return stopReason;
}

function send(account: Account, request: MessageRequest): Result<Wire> {
  try {
    return succeed(serve(account, request));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return fail(failureOf(error));
  }
}

/** What the client makes of an error of the API. */
export function failureOf({ status, type, message, details }: ApiError): Failure {
  const code = textOf(details?.error_code);
  const limit = details?.max_side_length_pixels;
  const paths = Array.isArray(details?.paths) ? details.paths.map(textOf) : undefined;
  const kind =
    status === 413
      ? 'tooLarge'
      : /prompt is too long|exceeds? (the )?context/.test(message)
        ? 'tooLong'
        : undefined;
  return {
    kind: kind ?? (status === 404 ? 'unknownModel' : 'invalidRequest'),
    status,
    type,
    message,
    ...(code === '' ? {} : { code }),
    ...(paths ? { paths } : {}),
    ...(typeof limit === 'number' ? { limit } : {}),
  };
}

/**
 * The simulated server's answer to a request as it goes over the wire, with the strictest judge: thinking that does not
 * stand behind its prefix is an error and not dropped. Throws an `ApiError` for what it refuses.
 */
export function serve(account: Account, request: MessageRequest): Wire {
  const { betas = [], ...body } = request;
  const text = JSON.stringify(body).replace('"drop_block"', '"error"');
  const answered = answerMessages(account, JSON.parse(text) as Wire, new Set(betas));
  answered.begin();
  const misplaced = wires(answered.message.input_transformations).filter(
    (report) => report.reason === 'prefix_binding_mismatch',
  );
  assert.deepEqual(misplaced, []);
  return answered.message;
}

/** A test has no page that could make an image smaller; the bytes of one are a matter of `attachment`. */
function repairOf(need: Need, { turns }: Conversation): Repair {
  if (need.kind !== 'shrinkImage') return need;
  const { turn, part, maxSide, maxBytes } = need;
  const question = turns.find((one) => one.id === turn);
  const image = question?.role === 'user' ? question.parts[part] : undefined;
  if (image?.kind !== 'image' || image.source.type !== 'stored') return { kind: 'partLeftOut', turn, part };
  const width = Math.min(maxSide, image.source.width);
  const height = Math.min(maxSide, image.source.height);
  const bytes = Math.min(maxBytes, image.source.bytes);
  const source = { ...image.source, sha256: `small${width}x${height}`, width, height, bytes };
  return { kind: 'partReplaced', turn, part, by: { ...image, source } };
}

function optionsAfter(options: RequestOptions, repairs: readonly Repair[]): RequestOptions {
  const without = new Set(options.without);
  let { maxOutputTokens } = options;
  for (const repair of repairs) {
    if (repair.kind === 'fieldDropped') without.add(repair.field);
    if (repair.kind === 'maxTokensLowered') maxOutputTokens = repair.tokens;
  }
  return { ...options, without, maxOutputTokens };
}

export function modelNamed(id: string): FakeModel {
  const found = DEFAULT_MODELS.find((model) => model.info.id === id || model.aliases?.includes(id));
  assert.ok(found);
  return found;
}

/** A model as the client knows it from the models endpoint. */
export function infoOf({ info }: FakeModel): ModelInfo {
  const known = modelInfoOf(JSON.parse(JSON.stringify(info)));
  assert.ok(known);
  const { compaction, context_management: edits } = info.capabilities ?? {};
  return {
    ...known,
    compaction: [
      ...(compaction?.summarize?.supported ? (['summarize'] as const) : []),
      ...(edits?.compact_20260112?.supported ? (['threshold'] as const) : []),
    ],
  };
}

export function optionsFor(model: FakeModel, over: Partial<RequestOptions> = {}): RequestOptions {
  return {
    modelId: model.info.id,
    model: infoOf(model),
    effort: 'high',
    thinking: 'on',
    showThinking: true,
    maxOutputTokens: 16_000,
    ttl: '5m',
    packTtl: '5m',
    without: new Set(),
    attachment: bytesOf,
    ...over,
  };
}

/** A picture whose file is called after its size: `300x200` is a PNG of so many px. */
export function picture(width: number, height: number, label = 'shot.png'): Part {
  const sha256 = `${width}x${height}`;
  const source = { type: 'stored', sha256, mediaType: 'image/png', bytes: 33, width, height } as const;
  return { kind: 'image', label, source };
}

/** A PDF of so many pages. `shown` are those that the part tells of, null when nobody has counted them. */
export function paper(
  pages: number,
  { shown = pages, label = 'paper.pdf' }: { readonly shown?: number | null; readonly label?: string } = {},
): Part {
  const counted = shown === null ? {} : { pages: shown };
  const source = {
    type: 'stored',
    sha256: `pdf${pages}`,
    mediaType: 'application/pdf',
    bytes: 900,
    ...counted,
  } as const;
  return { kind: 'document', label, source };
}

/** What a terminal has printed. */
export function printed(text: string): Part {
  return { kind: 'excerpt', origin: 'terminal', label: 'Terminal: zsh', languageId: 'plaintext', text };
}

/** The bytes of pictures and papers, in base64. */
export function bytesOf(sha256: string): string | undefined {
  if (sha256.startsWith('pdf')) return pdfOf(Number(sha256.slice(3))).toString('base64');
  const [width, height] = sha256.replace('small', '').split('x').map(Number);
  if (!width || !height) return undefined;
  const file = Buffer.alloc(33);
  file.writeUInt32BE(0x89504e47, 0);
  file.writeUInt32BE(0x0d0a1a0a, 4);
  file.writeUInt32BE(13, 8);
  file.write('IHDR', 12, 'latin1');
  file.writeUInt32BE(width, 16);
  file.writeUInt32BE(height, 20);
  return file.toString('base64');
}

/** The blocks that the model reads, without cache marks: what one request must have in common with the next. */
export function promptOf({ request }: ComposedRequest): readonly string[] {
  return request.messages.flatMap(({ role, content }) =>
    content.map((block) => `${role} ${JSON.stringify({ ...block, cache_control: undefined })}`),
  );
}
