import type { ModelInfo } from '../modelInfo.ts';
import type { CacheLedger } from '../money/ledger.ts';
import type { AttachmentStore, Claude, ImageShrinker, Result } from '../ports.ts';
import type { ComposedRequest } from '../request/messageRequest.ts';
import type {
  CacheTtl,
  ModelChoice,
  OptionalField,
  Quoted,
  Repair,
  SystemText,
  ThinkingMode,
} from './model.ts';

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

/** What an endpoint has taught about itself by refusing. */
export interface EndpointKnowledge {
  readonly without: ReadonlySet<OptionalField>;
  /** The largest answer it takes, in tokens, where it has said so. */
  readonly maxTokens?: number;
  /** Takes note of repairs that concern the endpoint and not the conversation. */
  readonly learn: (repairs: readonly Repair[]) => void;
}
