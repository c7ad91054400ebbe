import { createClaude } from '../../../src/claude/gateway.ts';
import { repackOfferOf } from '../../../src/core/context/costs.ts';
import type { Pinned } from '../../../src/core/context/pinned.ts';
import type { AskContext } from '../../../src/core/conversation/askContext.ts';
import { emptyConversation } from '../../../src/core/conversation/events.ts';
import { contextTokens, findTurn, type ModelChoice } from '../../../src/core/conversation/model.ts';
import { createSession, type Session } from '../../../src/core/conversation/session.ts';
import { createCacheLedger } from '../../../src/core/money/ledger.ts';
import { priceOf, pricesWith } from '../../../src/core/money/prices.ts';
import { succeed } from '../../../src/core/ports.ts';
import { systemTexts } from '../../../src/core/request/systemPrompt.ts';
import { DEFAULT_SETTINGS } from '../../../src/core/settings.ts';
import { tokensOfUpdates, type Unplaced } from '../../../src/host/context/packing/packChoice.ts';
import { createPackStore } from '../../../src/host/context/packing/packStore.ts';
import { createPacks, type Packs } from '../../../src/host/context/packing/packs.ts';
import { createRevisions } from '../../../src/host/context/packing/revisions.ts';
import type { PinnedFiles } from '../../../src/host/context/pinning/pinnedFiles.ts';
import { createMemoryAttachments } from '../../host/attachments.ts';
import { type FakeClaude, startFakeClaude } from '../fakeClaude/main.ts';
import { type Wire, wireOf } from '../fakeClaude/wire.ts';
import { openInMemory } from '../memoryPorts.ts';
import { createRandom } from '../random.ts';
import type { Tree } from './gitHistory.ts';
import { createScriptClock, type ScriptClock, type SentTurn } from './parley.ts';
import { answer, prose } from './writing.ts';

/** Questions to a workspace that is being worked on. */
export interface WorkspaceScript {
  /** The pinned files as they are when each question is asked. */
  readonly trees: readonly Tree[];
  /** How many conversations the questions are asked in, as many in each. */
  readonly conversations: number;
  /** Whether a conversation takes a fresh pack as soon as Parley would offer one. */
  readonly repacks: boolean;
}

/** A question as it went out, in which conversation. */
export interface WorkspaceTurn extends Pick<SentTurn, 'at' | 'body' | 'betas' | 'answer'> {
  readonly conversation: number;
  readonly question: string;
  readonly reply: string;
}

export const MODEL: ModelChoice = { id: 'claude-sonnet-5-5', name: 'Claude Sonnet 5.5' };

/** Ms between two questions of a conversation, and from one conversation to the next. */
const PAUSES = { question: 100_000, conversation: 240_000 };

/**
 * Asks the questions with Parley's own packs, sessions and requests against a simulated API, whose clock is the script's.
 * The questions and answers are the same whatever the trees. Throws when an answer does not end well.
 */
export async function runWorkspace(script: WorkspaceScript): Promise<readonly WorkspaceTurn[]> {
  const clock = createScriptClock();
  const fake = await startFakeClaude({ now: clock.now });
  try {
    const desk = await openDesk(fake, clock);
    const random = createRandom(5);
    const each = Math.ceil(script.trees.length / script.conversations);
    const turns: WorkspaceTurn[] = [];
    let session: Session | undefined;
    for (const [at, tree] of script.trees.entries()) {
      const begins = at % each === 0;
      if (begins) session = desk.newSession();
      if (!session) throw new Error('There is no conversation');
      clock.set(clock.now() + (at === 0 ? 0 : begins ? PAUSES.conversation : PAUSES.question));
      desk.show(tree);
      const said = { question: prose(random, 150), reply: answer(random, 1200) };
      if (script.repacks) await desk.repackIfOffered(session);
      turns.push({ conversation: Math.floor(at / each), ...said, ...(await desk.ask(session, said)) });
    }
    return turns;
  } finally {
    await fake.close();
  }
}

interface Desk {
  newSession(): Session;
  show(tree: Tree): void;
  repackIfOffered(session: Session): Promise<void>;
  ask(
    session: Session,
    said: Pick<WorkspaceTurn, 'question' | 'reply'>,
  ): Promise<Pick<WorkspaceTurn, 'at' | 'body' | 'betas' | 'answer'>>;
}

async function openDesk(fake: FakeClaude, clock: ScriptClock): Promise<Desk> {
  const claude = createClaude({
    baseUrl: fake.url,
    key: async () => 'sk-ant-scripted',
    keyOptional: false,
    idleTimeout: 60_000,
    headersTimeout: 60_000,
  });
  const models = await claude.models(10_000);
  const modelInfo = models.ok ? models.value.find(({ id }) => id === MODEL.id) : undefined;
  if (!modelInfo) throw new Error('The model is not known');
  const ledger = createCacheLedger();
  const price = priceOf(pricesWith({}).prices, MODEL.id);
  if (!price) throw new Error('The price is not known');
  let pinned: Pinned = { files: [], leftOut: [] };
  const packs = createPacks({
    pinned: pinnedFiles(() => pinned),
    store: createPackStore(createMemoryAttachments()),
    revisions: createRevisions({ read: async () => undefined, write: async () => undefined }, clock.now),
    workspace: 'w',
    cacheTtl: () => 'auto',
    clock,
    log: (line) => {
      throw new Error(line);
    },
  });
  const context: Unplaced = {
    claude: succeed(claude),
    model: MODEL,
    modelInfo,
    effort: DEFAULT_SETTINGS.effort,
    thinking: 'off',
    showThinking: true,
    maxOutputTokens: DEFAULT_SETTINGS.maxOutputTokens,
    systemTexts: systemTexts({ instructions: '', conversationInstructions: '', files: [] }),
    ttl: '5m',
    maxAttempts: 1,
    endpoint: { without: new Set(), learn: () => undefined },
    attachments: packs.attachments,
    ledger,
    learn: () => undefined,
    count: async () => undefined,
    price,
    ledgerName: '',
  };
  return {
    newSession() {
      const conversation = emptyConversation(clock.newId(), clock.now());
      const session = createSession(openInMemory(conversation), clock, ({ kind }) => {
        throw new Error(`Not written: ${kind}`);
      });
      session.subscribe((events) => {
        for (const event of events) {
          if (event.type === 'turnEnded') carried(session, event.turn, packs);
          if (event.type === 'systemFrozen') packs.began(session.conversation);
        }
      });
      return session;
    },
    show(tree) {
      pinned = {
        files: [...tree.values()].sort((one, other) => (one.path < other.path ? -1 : 1)),
        leftOut: [],
      };
    },
    async repackIfOffered(session) {
      const { conversation } = session;
      const questions = conversation.turns.filter(({ role }) => role === 'user').length;
      const standing = await packs.standingOf(conversation, context);
      if (questions === 0 || !standing) return;
      const sentUpdates = tokensOfUpdates(standing.sent, MODEL.id);
      const all = contextTokens(conversation) ?? 0;
      const load = {
        packTokens: standing.packTokens,
        freshTokens: standing.fresh.tokens,
        sentUpdates,
        pendingUpdates: tokensOfUpdates(standing.pending, MODEL.id),
        otherTokens: Math.max(0, all - standing.packTokens - sentUpdates),
        isWarm: true,
        questions,
      };
      if (!repackOfferOf(load, price, '5m')) return;
      const pack = await packs.repack();
      if (pack) session.record({ type: 'contextRepacked', pack });
    },
    async ask(session, { question, reply }) {
      const workspace = await packs.contextFor(session.conversation, context, true);
      const asking: AskContext = { ...context, workspace };
      const at = clock.now();
      fake.enqueue({ text: reply, chunkChars: 5000 });
      const refusal = session.ask([{ kind: 'text', text: question }], asking);
      if (refusal) throw new Error(`The question was refused: ${refusal}`);
      await session.settled();
      return { at, ...sentBy(session, fake) };
    },
  };
}

function carried({ conversation }: Session, turn: string, packs: Packs): void {
  const answer = findTurn(conversation, turn);
  const pack = conversation.system?.pack;
  if (!pack || answer?.role !== 'assistant' || !answer.sent || !answer.usage) return;
  packs.carried(conversation, pack, {
    ledgerName: '',
    at: answer.sent.at,
    points: answer.sent.points,
    usage: answer.usage,
  });
}

function sentBy(session: Session, fake: FakeClaude): Pick<WorkspaceTurn, 'body' | 'betas' | 'answer'> {
  const answered = session.conversation.turns.at(-1);
  if (answered?.role !== 'assistant' || answered.state !== 'done' || !answered.usage) {
    throw new Error(`An answer did not end well: ${JSON.stringify(answered)?.slice(0, 500)}`);
  }
  const request = fake.requests.findLast(({ path }) => path === '/v1/messages');
  const betas = String(request?.headers['anthropic-beta'] ?? '').split(',');
  const body: Wire = wireOf(request?.body);
  return { body, betas: new Set(betas.map((value) => value.trim()).filter(Boolean)), answer: answered };
}

/** Everything below a folder, always looked at. */
function pinnedFiles(now: () => Pinned): PinnedFiles {
  const nothing = async (): Promise<void> => undefined;
  return {
    pins: [{ kind: 'workspace' }],
    ready: nothing,
    pin: nothing,
    unpin: nothing,
    get known() {
      return now();
    },
    current: async () => now(),
    looking: undefined,
    onChanged: () => ({ dispose: () => undefined }),
    dispose: () => undefined,
  };
}
