import { performance } from 'node:perf_hooks';
import Anthropic from '@anthropic-ai/sdk';
import type { MessageCreateParamsStreaming } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { createClaude } from '../../../src/claude/gateway.ts';
import type { AskContext } from '../../../src/core/conversation/askContext.ts';
import { emptyConversation, reduceAll } from '../../../src/core/conversation/events.ts';
import type { Conversation } from '../../../src/core/conversation/model.ts';
import type { Part } from '../../../src/core/conversation/parts.ts';
import { cacheStateOf, draftRequest, quoteRequest } from '../../../src/core/conversation/quoting.ts';
import { createSession, type Session } from '../../../src/core/conversation/session.ts';
import { priceOf, pricesWith } from '../../../src/core/money/prices.ts';
import { createTokenCounter } from '../../../src/core/money/tokenCounter.ts';
import type { Clock } from '../../../src/core/ports.ts';
import type { MessageRequest } from '../../../src/core/request/messageRequest.ts';
import { askContext, openInMemory } from '../../support/memoryPorts.ts';
import { type ClaudeServer, startClaudeServer } from '../claudeServer.ts';
import { createWallClock } from '../clock.ts';
import { compare, type Figure } from '../figures.ts';
import { longAnswer } from '../texts.ts';
import { question, storedAnswer } from '../turns.ts';

const REPETITIONS = 15;

/** The first ones compile and open connections. */
const WARM_UP = 3;

/** Characters of the streamed answer and of each delta. */
const ANSWER = 256 * 1024;
const DELTA = 24;

/** Questions before the one that is asked, each with an answer of this many characters. */
const HISTORY = 1_000;
const LENGTH = 1_000;

/** Keys that are pressed. */
const KEYS = 60;

/**
 * What Parley's way from a question to events costs beside the bare SDK on the same server: for each delta, from Enter
 * to the wire, and for each key while the next question is written.
 */
export async function measureOverhead(): Promise<readonly Figure[]> {
  const server = await startClaudeServer();
  try {
    const lab = createLab(server);
    return [
      await measureStream(lab, emptyConversation('short', 0), 'an empty conversation'),
      await measureStream(
        lab,
        longConversation(),
        `${HISTORY.toLocaleString('en-US')} questions and answers`,
      ),
      ...(await measureWire(lab)),
      ...(await measureKeys(lab)),
    ];
  } finally {
    await server.close();
  }
}

/** The two ways to ask, and what they ask. */
interface Lab {
  readonly server: ClaudeServer;
  readonly sdk: Anthropic;
  readonly clock: Clock;
  readonly context: AskContext;
  /** When `fetch` was last called, ms since the epoch. */
  handedOver(): number;
}

function createLab(server: ClaudeServer): Lab {
  let handedOver = Number.NaN;
  const now = createWallClock();
  const noting: typeof fetch = (...args) => {
    handedOver = now();
    return fetch(...args);
  };
  const key = 'sk-ant-bench';
  const claude = createClaude({
    baseUrl: server.url,
    key: async () => key,
    keyOptional: false,
    idleTimeout: 60_000,
    headersTimeout: 60_000,
    fetch: noting,
  });
  let ids = 0;
  return {
    server,
    sdk: new Anthropic({ apiKey: key, baseURL: server.url, maxRetries: 0, logLevel: 'off', fetch: noting }),
    clock: {
      now,
      newId: () => `id${++ids}`,
      random: () => 0.5,
      after: () => () => undefined,
    },
    context: askContext(claude, {
      maxOutputTokens: 128_000,
      maxAttempts: 1,
      learn: createTokenCounter().learn,
    }),
    handedOver: () => handedOver,
  };
}

async function measureStream(lab: Lab, conversation: Conversation, where: string): Promise<Figure> {
  const text = longAnswer(ANSWER);
  const deltas = Math.ceil(ANSWER / DELTA);
  const parley: number[] = [];
  const bare: number[] = [];
  for (let at = 0; at < WARM_UP + REPETITIONS; at += 1) {
    const parts = words(`Question ${at}?`);
    const { request } = await draftRequest(conversation, parts, lab.context, lab.clock);
    const session = open(conversation, lab);
    await lab.server.enqueue({ text, chunkChars: DELTA });
    const asked = processorTime();
    await ask(session, parts, lab.context);
    const between = processorTime();
    await lab.server.enqueue({ text, chunkChars: DELTA });
    const called = processorTime();
    await readBare(lab.sdk, request);
    parley.push(((between - asked) / deltas) * 1000);
    bare.push(((processorTime() - called) / deltas) * 1000);
  }
  const area = `Processor time for a delta (256 KB in deltas of ${DELTA} characters)`;
  return compare(area, `session and gateway, ${where}`, 'µs', parley.slice(WARM_UP), {
    what: 'bare SDK loop',
    values: bare.slice(WARM_UP),
  });
}

/** Milliseconds from Enter, or from the call of the SDK. */
interface Departure {
  readonly fetched: number;
  /** When the last byte had come to the server. */
  readonly arrived: number;
}

async function measureWire(lab: Lab): Promise<readonly Figure[]> {
  const conversation = longConversation();
  const parley: Departure[] = [];
  const bare: Departure[] = [];
  for (let at = 0; at < WARM_UP + REPETITIONS; at += 1) {
    const parts = words(`Question ${at}?`);
    const session = open(conversation, lab);
    parley.push(await departure(lab, () => ask(session, parts, lab.context)));
    const { request } = await draftRequest(conversation, parts, lab.context, lab.clock);
    bare.push(await departure(lab, () => readBare(lab.sdk, request)));
  }
  const area = `Enter to the wire, ${history()}`;
  const row = (what: string, pick: (one: Departure) => number, start: number, end?: number): Figure =>
    compare(area, what, 'ms', parley.slice(start, end).map(pick), {
      what: 'bare SDK call with the same body',
      values: bare.slice(start, end).map(pick),
    });
  return [
    row('to the last byte at the server', (one) => one.arrived, WARM_UP),
    row('until fetch is called', (one) => one.fetched, WARM_UP),
    row('until fetch is called, first question of a window', (one) => one.fetched, 0, 1),
  ];
}

async function departure(lab: Lab, send: () => Promise<void>): Promise<Departure> {
  await lab.server.enqueue({ text: 'Short.' });
  const entered = lab.clock.now();
  await send();
  return { fetched: lab.handedOver() - entered, arrived: (await lab.server.arrival()) - entered };
}

/** What the page's quote takes while one types: the request as it would leave, its estimate, its price, the cache. */
async function measureKeys(lab: Lab): Promise<readonly Figure[]> {
  const conversation = longConversation();
  const counter = createTokenCounter();
  const price = priceOf(pricesWith({}).prices, lab.context.model.id);
  const quoted: number[] = [];
  const written: number[] = [];
  for (let at = 0; at < KEYS; at += 1) {
    const parts = words(longAnswer(100 + at));
    const started = performance.now();
    const composed = await draftRequest(conversation, parts, lab.context, lab.clock);
    const tokens = counter.known(composed) ?? counter.estimate(composed);
    quoteRequest(composed, tokens, false, lab.context, price, lab.clock.now());
    cacheStateOf(composed, lab.context, lab.clock.now());
    quoted.push(performance.now() - started);
    const again = performance.now();
    JSON.stringify(composed.request);
    written.push(performance.now() - again);
  }
  const area = `A key in the composer, ${history()}`;
  const yardstick = (values: readonly number[]) => ({ what: 'JSON.stringify of the request', values });
  return [
    compare(area, 'compose, estimate, quote', 'ms', quoted.slice(WARM_UP), yardstick(written.slice(WARM_UP))),
    compare(area, 'the first key', 'ms', quoted.slice(0, 1), yardstick(written.slice(0, 1))),
  ];
}

function history(): string {
  const megabytes = ((HISTORY * LENGTH) / 1_000_000).toFixed(1);
  return `${HISTORY.toLocaleString('en-US')} questions and answers (${megabytes} MB)`;
}

/** Made anew each time, so that nothing is remembered of it. */
function longConversation(): Conversation {
  const pieces = [longAnswer(LENGTH)];
  const events = Array.from({ length: HISTORY }, (_, at) => [
    question(`Q${at}`, at === 0 ? null : `A${at - 1}`),
    ...storedAnswer(`A${at}`, `Q${at}`, pieces),
  ]);
  return reduceAll(emptyConversation('long', 0), events.flat());
}

function open(conversation: Conversation, { clock }: Lab): Session {
  return createSession(openInMemory(conversation), clock, () => undefined);
}

function words(text: string): readonly Part[] {
  return [{ kind: 'text', text }];
}

async function ask(session: Session, parts: readonly Part[], context: AskContext): Promise<void> {
  session.ask(parts, context);
  await session.settled();
  const answer = session.conversation.turns.at(-1);
  if (answer?.role !== 'assistant' || answer.state !== 'done') {
    throw new Error(`An answer did not end well: ${JSON.stringify(answer)?.slice(0, 500)}`);
  }
}

async function readBare(sdk: Anthropic, request: MessageRequest): Promise<void> {
  // The core's own type says the same in other words.
  const params = { ...request, stream: true } as unknown as MessageCreateParamsStreaming;
  let ended = false;
  for await (const event of await sdk.beta.messages.create(params)) ended = event.type === 'message_stop';
  if (!ended) throw new Error('The answer was cut off');
}

/** Milliseconds that this thread has kept the processor busy: neither the server's time nor any waiting is in it. */
function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
