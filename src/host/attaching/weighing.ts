import type { ModelChoice } from '../../core/conversation/model.ts';
import type { Part } from '../../core/conversation/parts.ts';
import type { ModelInfo } from '../../core/modelInfo.ts';
import { checkAttachment, estimatePart, type Verdict } from '../../core/request/attachments.ts';
import type { Load } from './situation.ts';

/** What a part would cost and meet with. */
export interface Weighed {
  readonly verdict: Verdict;
  readonly tokens: number;
  readonly exact: boolean;
}

export interface Model {
  readonly choice: ModelChoice;
  /** Undefined where nobody knows it. */
  readonly info: ModelInfo | undefined;
}

/** Weighs a part for a model, beside what else would be sent. */
export type Weigh = (part: Part, model: Model, load: Load) => Weighed;

/** Texts are weighed once for a model: that takes time, and depends on nothing else. */
export function createWeigh(): Weigh {
  const known = new WeakMap<Part, { readonly model: Model; readonly weighed: Weighed }>();
  return (part, model, load) => {
    const { choice, info } = model;
    const before = known.get(part);
    if (before?.model.info === info && before?.model.choice.id === choice.id) return before.weighed;
    const verdict = checkAttachment(part, { model: info, modelId: choice.id, ...load });
    const weighed = { verdict, ...estimatePart(part, choice.id) };
    if (part.kind !== 'image' && part.kind !== 'document') known.set(part, { model, weighed });
    return weighed;
  };
}
