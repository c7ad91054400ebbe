import type { AskContext, WorkspaceContext } from '../core/conversation/askContext.ts';
import type { Conversation, ModelChoice, SystemText } from '../core/conversation/model.ts';
import { cacheStateOf, nextRequest } from '../core/conversation/quoting.ts';
import type { Session } from '../core/conversation/session.ts';
import { defaultModel } from '../core/modelChoice.ts';
import { type CacheLedger, createCacheLedger } from '../core/money/ledger.ts';
import type { Prices } from '../core/money/money.ts';
import { chooseTtl } from '../core/money/pace.ts';
import { priceOf, pricesWith } from '../core/money/prices.ts';
import { createTokenCounter, type TokenCounter } from '../core/money/tokenCounter.ts';
import type { AttachmentStore, Clock, ImageShrinker } from '../core/ports.ts';
import { thinkingChoice } from '../core/request/capabilities.ts';
import { systemTexts } from '../core/request/systemPrompt.ts';
import type { Settings } from '../core/settings.ts';
import type { Connection } from './connection.ts';
import type { Unplaced } from './context/packing/packChoice.ts';
import type { ModelCatalogue } from './modelCatalogue.ts';
import { currentSettings } from './settings.ts';
import type { EndpointMemory } from './storage/endpointMemory.ts';

/** What a request is made of besides the conversation, as settings, endpoint and workspace stand now. */
export interface Asking {
  /**
   * For a request that is about to be sent: waits a little for the models endpoint, and for pinned files where it is to bring
   * them along.
   */
  context(session: Session, bringsFiles: boolean): Promise<AskContext>;
  /** For a quote: takes what is known at once. */
  contextNow(session: Session): Promise<AskContext>;
  modelOf(conversation: Conversation): ModelChoice;
  effortOf(conversation: Conversation): string;
  /** Undefined when the model leaves no choice. */
  thinkingOf(conversation: Conversation): 'on' | 'off' | undefined;
  systemTextsOf(conversation: Conversation): Promise<readonly SystemText[]>;
  prices(): Prices;
  /** Tokens of this conversation that the next question would read from the cache as things stand. */
  warmTokens(session: Session): Promise<number>;
  readonly counter: TokenCounter;
  /** What is known of the prompt cache at the address and for the account in use. */
  ledger(): CacheLedger;
  /** Names that address and account. */
  ledgerName(): string;
}

export interface AskingParts {
  readonly clock: Clock;
  readonly connection: Connection;
  readonly catalogue: ModelCatalogue;
  readonly endpoints: EndpointMemory;
  readonly attachments: AttachmentStore;
  readonly shrinker: ImageShrinker;
  /** Names the account that the key belongs to: each has a prompt cache of its own. */
  readonly account: () => string;
  readonly lastModel: () => ModelChoice | undefined;
  /** What the pinned files of the workspace give to a conversation; `sending` tells that it is about to be asked. */
  readonly workspaceOf: (
    conversation: Conversation,
    context: Unplaced,
    sending: boolean,
  ) => Promise<WorkspaceContext>;
  /** Instruction files of the workspace; read once and again when they change. */
  readonly instructionFiles: () => Promise<readonly { readonly name: string; readonly text: string }[]>;
  readonly log: (line: string) => void;
}

/** A question waits this long, in ms, for the models endpoint; then it goes without what the model can do. */
const MODELS_WITHIN = 4000;

/** A count of tokens may hold up a request that a budget wants to see for this long, in ms. */
const COUNT_WITHIN = 4000;

export function createAsking(parts: AskingParts): Asking {
  const { clock, connection, catalogue, endpoints } = parts;
  const counter = createTokenCounter();
  const ledgers = new Map<string, CacheLedger>();
  const prices = createPrices(parts.log);

  function ledgerName(): string {
    const address = connection.address();
    return `${address.ok ? address.value : ''} ${parts.account()}`;
  }

  function ledger(): CacheLedger {
    const name = ledgerName();
    const known = ledgers.get(name) ?? createCacheLedger();
    ledgers.set(name, known);
    return known;
  }

  function modelOf({ model }: Conversation): ModelChoice {
    if (!model) return defaultModel(catalogue.models, currentSettings().model, parts.lastModel());
    return { id: model.id, name: catalogue.find(model.id)?.name ?? model.name };
  }

  const effortOf = ({ effort }: Conversation): string => effort ?? currentSettings().effort;

  async function systemTextsOf({ instructions = '' }: Conversation): Promise<readonly SystemText[]> {
    const settings = currentSettings();
    const files = settings.useInstructionFiles ? await parts.instructionFiles() : [];
    return systemTexts({
      instructions: settings.instructions,
      conversationInstructions: instructions,
      files,
    });
  }

  async function contextOf({ conversation }: Session, sending: boolean): Promise<AskContext> {
    const settings = currentSettings();
    const address = connection.address();
    const at = address.ok ? address.value : '';
    const [claude, texts] = await Promise.all([
      connection.claude(),
      conversation.system ? [] : systemTextsOf(conversation),
      endpoints.load(),
    ]);
    const model = modelOf(conversation);
    const modelInfo = catalogue.find(model.id);
    const maxTokens = endpoints.maxTokens(at, model.id);
    const context: Omit<AskContext, 'workspace'> = {
      claude,
      model,
      ...(modelInfo ? { modelInfo } : {}),
      effort: effortOf(conversation),
      thinking: conversation.thinking ?? 'on',
      showThinking: settings['thinking.show'],
      maxOutputTokens: settings.maxOutputTokens,
      systemTexts: texts,
      ttl: chooseTtl(settings['cache.ttl'], conversation, clock.now()),
      maxAttempts: settings['retry.maxAttempts'],
      endpoint: {
        without: endpoints.dropped(at, model.id),
        ...(maxTokens === undefined ? {} : { maxTokens }),
        learn(repairs) {
          for (const repair of repairs) {
            if (repair.kind === 'fieldDropped' && !repair.guessed)
              endpoints.remember(at, model.id, repair.field);
            if (repair.kind === 'maxTokensLowered') endpoints.rememberMaxTokens(at, model.id, repair.tokens);
          }
        },
      },
      attachments: parts.attachments,
      shrinker: parts.shrinker,
      ledger: ledger(),
      learn: counter.learn,
      async count(composed) {
        if (!claude.ok) return undefined;
        const counting = counter.count(claude.value, composed);
        const late = delay(COUNT_WITHIN).then(() => counting.cancel());
        const counted = await Promise.race([counting.tokens, late]);
        return counted?.ok ? counted.value : undefined;
      },
    };
    const price = priceOf(prices(settings), model.id);
    const workspace = await parts.workspaceOf(
      conversation,
      { ...context, price, ledgerName: ledgerName() },
      sending,
    );
    return { ...context, workspace };
  }

  const contextNow = (session: Session): Promise<AskContext> => contextOf(session, false);

  return {
    contextNow,
    modelOf,
    effortOf,
    systemTextsOf,
    counter,
    ledger,
    ledgerName,
    prices: () => prices(currentSettings()),
    thinkingOf(conversation) {
      const info = catalogue.find(modelOf(conversation).id);
      return thinkingChoice(info) ? (conversation.thinking ?? 'on') : undefined;
    },
    async warmTokens(session) {
      const { conversation } = session;
      if (conversation.turns.length === 0) return 0;
      const context = await contextNow(session);
      const state = cacheStateOf(await nextRequest(conversation, context), context, clock.now());
      return state.state === 'warm' ? state.tokens : 0;
    },
    async context(session, bringsFiles) {
      if ((await connection.claude()).ok) await Promise.race([catalogue.ready(), delay(MODELS_WITHIN)]);
      return contextOf(session, bringsFiles);
    },
  };
}

/** The prices in force; what is wrong with the user's own is logged once. */
function createPrices(log: (line: string) => void): (settings: Settings) => Prices {
  let from = '';
  let made: Prices | undefined;
  return (settings) => {
    const source = JSON.stringify(settings.prices);
    if (made && source === from) return made;
    const { prices, problems } = pricesWith(settings.prices);
    for (const problem of problems) log(problem);
    from = source;
    made = prices;
    return prices;
  };
}

function delay(time: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), time));
}
