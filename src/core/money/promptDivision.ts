import type { MessageRequest } from '../request/messageRequest.ts';
import { estimateBlock } from './estimate.ts';
import { type ImageTier, imageTier } from './modelFacts.ts';
import { shareOut } from './textCount.ts';

/** What the tokens of a prompt go to; the figures add up to the whole prompt. */
export interface PromptDivision {
  readonly system: number;
  readonly messages: number;
  /** Pictures and PDFs. */
  readonly images: number;
}

/**
 * Divides the tokens of a prompt. The whole is taken at its word; pictures follow from the API's rule, the rest is shared
 * out in proportion to what is reckoned here.
 */
export function divisionOf(request: MessageRequest, tokens: number): PromptDivision {
  const tier = imageTier(request.model);
  const blocks = request.messages.flatMap(({ content }) => [...content]);
  const shown = blocks.filter(({ type }) => type === 'image' || type === 'document');
  const images = Math.min(tokens, sumOf(shown, tier));
  const system = sumOf(request.system ?? [], tier);
  const written = sumOf(
    blocks.filter((block) => !shown.includes(block)),
    tier,
  );
  const [first = 0, second = 0] = shareOut(tokens - images, [system, written]);
  return { system: first, messages: second, images };
}

function sumOf(blocks: readonly Parameters<typeof estimateBlock>[0][], tier: ImageTier): number {
  return Math.round(blocks.reduce((total, block) => total + estimateBlock(block, tier), 0));
}
