import { createClaude } from '../../../src/claude/gateway.ts';
import { type AskContext, NO_WORKSPACE } from '../../../src/core/conversation/askContext.ts';
import { emptyConversation } from '../../../src/core/conversation/events.ts';
import type { AssistantTurn, CacheTtl } from '../../../src/core/conversation/model.ts';
import type { Part } from '../../../src/core/conversation/parts.ts';
import { draftRequest, quoteRequest } from '../../../src/core/conversation/quoting.ts';
import { createSession, type Session } from '../../../src/core/conversation/session.ts';
import type { ModelInfo } from '../../../src/core/modelInfo.ts';
import { createCacheLedger } from '../../../src/core/money/ledger.ts';
import type { Quote } from '../../../src/core/money/money.ts';
import { chooseTtl } from '../../../src/core/money/pace.ts';
import { priceOf, pricesWith } from '../../../src/core/money/prices.ts';
import { quotedOf } from '../../../src/core/money/quote.ts';
import { createTokenCounter } from '../../../src/core/money/tokenCounter.ts';
import { type Claude, type Clock, succeed } from '../../../src/core/ports.ts';
import { systemTexts } from '../../../src/core/request/systemPrompt.ts';
import { DEFAULT_SETTINGS } from '../../../src/core/settings.ts';
import { type FakeClaude, startFakeClaude } from '../fakeClaude/main.ts';
import { type Wire, wireOf } from '../fakeClaude/wire.ts';
import { createMemoryAttachments, openInMemory } from '../memoryPorts.ts';
import { renderPack, updatePart } from './pack.ts';
import type { ScriptedTurn, SessionScript } from './script.ts';

/** A request of Parley as it arrived, what had been promised for it, and its answer with the bill. */
export interface SentTurn {
  /** Ms since the epoch, by the session's own clock. */
  readonly at: number;
  /** The body with `stream`, and the values of the `anthropic-beta` header. */
  readonly body: Wire;
  readonly betas: ReadonlySet<string>;
  readonly answer: AssistantTurn;
  /** Prompt tokens as they were reckoned before the API had counted them. */
  readonly estimate: number;
  readonly quote: Quote;
}

/**
 * Runs a script with Parley's own session, request, money and gateway code against a simulated API, whose clock is the
 * script's. Throws when an answer does not end as it was scripted.
 */
export async function runParley(script: SessionScript): Promise<readonly SentTurn[]> {
  const clock = createScriptClock();
  const fake = await startFakeClaude({ now: clock.now });
  try {
    const chat = await openChat(script, fake, clock);
    const sent: SentTurn[] = [];
    for (const turn of script.turns) {
      const started = clock.now();
      clock.set(started + (sent.length === 0 ? 0 : turn.pause));
      sent.push(await runTurn(turn, chat, fake, clock));
    }
    return sent;
  } finally {
    await fake.close();
  }
}

/** Stands still until it is set. */
export interface ScriptClock extends Clock {
  set(time: number): void;
}

const START = Date.UTC(2026, 10, 22, 9);

export function createScriptClock(): ScriptClock {
  let time = START;
  let ids = 0;
  return {
    now: () => time,
    newId: () => `id${++ids}`,
    random: () => 0.5,
    after: () => {
      throw new Error('A scripted request was to be repeated');
    },
    set(next) {
      time = next;
    },
  };
}

/** What stays the same through a session. */
interface Chat {
  readonly session: Session;
  readonly claude: Claude;
  readonly counter: ReturnType<typeof createTokenCounter>;
  context(turn: ScriptedTurn): AskContext;
}

async function openChat(script: SessionScript, { url }: FakeClaude, clock: ScriptClock): Promise<Chat> {
  const claude = createClaude({
    baseUrl: url,
    key: async () => 'sk-ant-scripted',
    keyOptional: false,
    idleTimeout: 60_000,
    headersTimeout: 60_000,
  });
  const models = await claude.models(10_000);
  if (!models.ok) throw new Error(`No models: ${models.failure.kind}`);
  const counter = createTokenCounter();
  const ledger = createCacheLedger();
  const session = createSession(openInMemory(emptyConversation('c1', clock.now())), clock, ({ kind }) => {
    throw new Error(`Not written: ${kind}`);
  });
  const texts = textsOf(script);
  const attachments = createMemoryAttachments(script.images);
  return {
    session,
    claude,
    counter,
    context: ({ model }) => ({
      claude: succeed(claude),
      model,
      modelInfo: infoOf(models.value, model.id),
      effort: DEFAULT_SETTINGS.effort,
      thinking: 'on',
      showThinking: true,
      maxOutputTokens: DEFAULT_SETTINGS.maxOutputTokens,
      systemTexts: texts,
      workspace: NO_WORKSPACE,
      ttl: chooseTtl(DEFAULT_SETTINGS['cache.ttl'], session.conversation, clock.now()),
      maxAttempts: 1,
      endpoint: { without: new Set(), learn: () => undefined },
      attachments,
      ledger,
      learn: counter.learn,
      async count(composed) {
        const counted = await counter.count(claude, composed).tokens;
        return counted.ok ? counted.value : undefined;
      },
    }),
  };
}

/** What Parley sends before every conversation, and the pack behind it. */
function textsOf({ instructions, pack }: SessionScript) {
  const files = [{ name: 'AGENTS.md', text: instructions }];
  const usual = systemTexts({ instructions: '', conversationInstructions: '', files });
  return pack.length === 0 ? usual : [...usual, { source: 'pack', text: renderPack(pack) }];
}

function infoOf(models: readonly ModelInfo[], id: string): ModelInfo {
  const found = models.find((model) => model.id === id);
  if (!found) throw new Error(`There is no model ${id}`);
  return found;
}

async function runTurn(
  turn: ScriptedTurn,
  { session, claude, counter, context }: Chat,
  fake: FakeClaude,
  clock: ScriptClock,
): Promise<SentTurn> {
  if (session.conversation.model?.id !== turn.model.id) {
    session.record({ type: 'modelChosen', model: turn.model });
  }
  const asking = context(turn);
  const parts: readonly Part[] = turn.edited ? [updatePart(turn.edited), ...turn.parts] : turn.parts;
  const composed = await draftRequest(session.conversation, parts, asking, clock);
  const estimate = counter.estimate(composed);
  const counted = await counter.count(claude, composed).tokens;
  const tokens = counted.ok ? counted.value : undefined;
  if (tokens === undefined) throw new Error('The prompt could not be counted');
  const price = priceOf(pricesWith({}).prices, turn.model.id);
  const quote = quoteRequest(composed, tokens, true, asking, price, clock.now());
  const at = clock.now();
  fake.enqueue({ ...turn.reply, chunkChars: 500 });
  const refusal = session.ask(parts, { ...asking, quoted: quotedOf(quote) });
  if (refusal) throw new Error(`The question was refused: ${refusal}`);
  await session.settled();
  const answer = session.conversation.turns.at(-1);
  if (answer?.role !== 'assistant' || answer.state !== 'done' || !answer.usage) {
    throw new Error(`An answer did not end well: ${JSON.stringify(answer)?.slice(0, 500)}`);
  }
  const request = fake.requests.findLast(({ path }) => path === '/v1/messages');
  const betas = String(request?.headers['anthropic-beta'] ?? '')
    .split(',')
    .map((value) => value.trim());
  return {
    at,
    body: wireOf(request?.body),
    betas: new Set(betas.filter(Boolean)),
    answer,
    estimate,
    quote,
  };
}

/** The lifetime that a request of Parley asked for. */
export function ttlOf({ answer }: SentTurn): CacheTtl | undefined {
  return answer.sent?.points.at(-1)?.ttl;
}
