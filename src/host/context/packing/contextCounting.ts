import type { OpenPack } from '../../../core/context/conversationContext.ts';
import type { FailureKind, FrozenPack } from '../../../core/conversation/model.ts';
import { type Clock, fail, type Result, succeed } from '../../../core/ports.ts';
import type { CountTexts } from '../../counting/countTexts.ts';

/** Has the API count packs, each once for a model. */
export interface ContextCounting {
  /** Tokens of a pack, or why they could not be counted. Never rejects. */
  count(pack: FrozenPack, open: OpenPack, modelId: string): Promise<Result<number>>;
  /** The same in a while, when no other pack has been asked for until then; what fails is not tried again. */
  countSoon(pack: FrozenPack, open: OpenPack, modelId: string): void;
  dispose(): void;
}

export interface ContextCountingParts {
  readonly countTexts: CountTexts;
  readonly clock: Clock;
  /** Hears of every figure. */
  readonly onCounted: (pack: FrozenPack, modelId: string, tokens: number) => void;
}

export function createContextCounting({
  countTexts,
  clock,
  onCounted,
}: ContextCountingParts): ContextCounting {
  const failed = new Set<string>();
  let planned: { readonly key: string; readonly cancel: () => void } | undefined;

  async function count(pack: FrozenPack, open: OpenPack, modelId: string): Promise<Result<number>> {
    const { text } = open;
    const item = { estimate: pack.tokens, bytes: text.length, text: async () => text };
    const { figures, failure } = await countTexts(modelId, [item], { onCancelled: () => undefined });
    const [figure] = figures;
    if (failure || figure?.exactness !== 'exact') return fail(failure ?? { kind: 'tooLarge' });
    onCounted(pack, modelId, figure.tokens);
    return succeed(figure.tokens);
  }

  return {
    count,
    countSoon(pack, open, modelId) {
      const key = `${pack.sha256} ${modelId}`;
      if (planned?.key === key || failed.has(key)) return;
      planned?.cancel();
      const cancel = clock.after(REST, async () => {
        const counted = await count(pack, open, modelId);
        if (!counted.ok && !PASSING.has(counted.failure.kind)) failed.add(key);
        if (planned?.key === key) planned = undefined;
      });
      planned = { key, cancel };
    },
    dispose: () => planned?.cancel(),
  };
}

/** What may be over a moment later. */
const PASSING: ReadonlySet<FailureKind> = new Set([
  'network',
  'timeout',
  'overloaded',
  'rateLimit',
  'server',
]);

/** Ms for which the pinned files must rest: a pack can be long, and is uploaded to be counted. */
const REST = 3_000;
