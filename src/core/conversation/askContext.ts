import type { ModelInfo } from '../modelInfo.ts';
import type { CacheLedger } from '../money/ledger.ts';
import type { AttachmentStore, Claude, ImageShrinker, Result } from '../ports.ts';
import type { ComposedRequest } from '../request/messageRequest.ts';
import type {
  CacheTtl,
  Conversation,
  FrozenPack,
  ModelChoice,
  OptionalField,
  Quoted,
  Repair,
  SystemText,
  ThinkingMode,
} from './model.ts';
import type { UpdatePart } from './parts.ts';

/** All that a request needs besides the conversation. */
export interface AskContext {
  /** The way to Claude, or why there is none; then the question is kept and its answer fails. */
  readonly claude: Result<Claude>;
  readonly model: ModelChoice;
  readonly modelInfo?: ModelInfo;
  readonly effort: string;
  readonly thinking: ThinkingMode;
  readonly showThinking: boolean;
  /** Tokens. */
  readonly maxOutputTokens: number;
  /** System prompt for a conversation that has none yet. */
  readonly systemTexts: readonly SystemText[];
  readonly ttl: CacheTtl;
  /** The pinned files, as far as this conversation is concerned. */
  readonly workspace: WorkspaceContext;
  /** How often the request is sent at most. */
  readonly maxAttempts: number;
  readonly endpoint: EndpointKnowledge;
  readonly attachments: AttachmentStore;
  readonly shrinker?: ImageShrinker;
  readonly ledger: CacheLedger;
  /** What the user was told that the request costs. */
  readonly quoted?: Quoted;
  /** Prompt tokens of a request, undefined when they cannot be learned in time. */
  readonly count: (composed: ComposedRequest) => Promise<number | undefined>;
  /** Hears what the prompt of a request really had, in tokens. */
  readonly learn: (composed: ComposedRequest, tokens: number) => void;
}

/** What a workspace gives to a conversation of its own. */
export interface WorkspaceContext {
  /** Names the workspace in conversations that begin in it; absent in an empty window. */
  readonly id?: string;
  /** The pack that a conversation begins with whose first question is asked now. */
  readonly pack?: FrozenPack;
  readonly packTtl: CacheTtl;
  /**
   * What has to go out with the next question, so that Claude has the pinned files as they are now. The same conversation
   * and files give the same parts.
   */
  readonly updatesFor: (conversation: Conversation) => readonly UpdatePart[];
  /**
   * Set while pinned files are still being looked at: `unknown` when nothing of them is known yet, so that a question would
   * leave without them; `stale` when more may go out than is known.
   */
  readonly pending?: 'unknown' | 'stale';
}

/** Nothing is pinned. */
export const NO_WORKSPACE: WorkspaceContext = { packTtl: '5m', updatesFor: () => [] };

/** What an endpoint has taught about itself by refusing. */
export interface EndpointKnowledge {
  readonly without: ReadonlySet<OptionalField>;
  /** The largest answer it takes, in tokens, where it has said so. */
  readonly maxTokens?: number;
  /** Takes note of repairs that concern the endpoint and not the conversation. */
  readonly learn: (repairs: readonly Repair[]) => void;
}
