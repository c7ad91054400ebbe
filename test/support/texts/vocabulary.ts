import { getTokenizer } from '@anthropic-ai/tokenizer';
import { tokenFactor } from '../../../src/core/money/modelFacts.ts';

/**
 * The closest public thing to the truth: the last vocabulary of Claude that was published. Older models count about so,
 * models of today about 30 % more (`tokenFactor`).
 */
export function countByVocabulary(text: string): number {
  return Math.round(
    tokenizer.encode(text.normalize('NFKC'), 'all').length / tokenFactor('claude-sonnet-4-5'),
  );
}

const tokenizer = getTokenizer();
