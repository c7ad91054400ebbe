import type { ContentBlock } from '../conversation/model.ts';
import { estimateBlock } from '../money/estimate.ts';
import { mostImageTokens } from '../money/imageFit.ts';
import { type ImageTier, tokenFactor } from '../money/modelFacts.ts';
import {
  BETAS,
  type MessageRequest,
  type RequestMessage,
  type TextBlock,
  type UserBlock,
} from './messageRequest.ts';

/** A request as `count_tokens` takes it, and what has to be added to its answer. */
export interface Countable {
  /** `max_tokens` is there because the type has it; whoever sends the request leaves it out. */
  readonly request: MessageRequest;
  /** Tokens of what was taken out, by rule or reckoned. */
  readonly added: number;
  /** Images by address among it: nobody can know what they cost; they are added at the most an image can. */
  readonly guessed: number;
}

/**
 * Takes out of a request what counting refuses (API docs, token counting): images by address, and whatever asks for
 * something else than a prompt. The rest is, byte for byte, what would be sent. Thinking that follows such an image
 * is bound to it and would be refused without it, so it is taken out and reckoned as well.
 */
export function countable(request: MessageRequest, tier: ImageTier): Countable {
  const { compaction: _, context_management: __, diagnostics: ___, betas: ____, ...rest } = request;
  const taken = withoutAddresses(request, tier);
  const messages = taken.guessed === 0 ? request.messages : taken.messages;
  const betas = neededBetas(request);
  return {
    request: { ...rest, messages, ...(betas.length > 0 ? { betas } : {}) },
    added: taken.guessed * mostImageTokens(tier) + Math.round(taken.thinking * tokenFactor(request.model)),
    guessed: taken.guessed,
  };
}

/** Stands in a message of which nothing is left, because the API takes no empty one. */
const STAND_IN: TextBlock = { type: 'text', text: 'Image' };

function withoutAddresses({ messages }: MessageRequest, tier: ImageTier) {
  let guessed = 0;
  let thinking = 0;
  const kept = messages.map((message): RequestMessage => {
    if (message.role === 'user') {
      const content = message.content.filter((block) => !isByAddress(block));
      guessed += message.content.length - content.length;
      if (content.length === message.content.length) return message;
      return { role: 'user', content: content.length > 0 ? content : [STAND_IN] };
    }
    const thoughts = guessed === 0 ? [] : message.content.filter(isThought);
    if (thoughts.length === 0) return message;
    for (const block of thoughts) thinking += estimateBlock(block, tier);
    const content = message.content.filter((block) => !isThought(block));
    return { role: 'assistant', content: content.length > 0 ? content : [STAND_IN_ANSWER] };
  });
  return { messages: kept, guessed, thinking };
}

const STAND_IN_ANSWER: ContentBlock = { type: 'text', text: 'Thought' };

function isByAddress(block: UserBlock): boolean {
  return block.type === 'image' && block.source.type === 'url';
}

function isThought({ type }: ContentBlock): boolean {
  return type === 'thinking' || type === 'redacted_thinking';
}

/** A beta whose field is not sent is left out, so that an endpoint without it can still count. */
function neededBetas({ betas = [], messages, thinking }: MessageRequest): readonly string[] {
  const hasSummary = messages.some(({ content }) => content.some((block) => isSummary(block)));
  const isNeeded: ReadonlyMap<string, boolean> = new Map([
    [BETAS.summarize, hasSummary],
    [BETAS.threshold, hasSummary],
    [BETAS.binding, thinking !== undefined && 'block_binding' in thinking],
  ]);
  return betas.filter((beta) => isNeeded.get(beta) ?? true);
}

function isSummary({ type }: { readonly type: string }): boolean {
  return type === 'compaction';
}
