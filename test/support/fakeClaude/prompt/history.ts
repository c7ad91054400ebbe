import type { FakeModel } from '../catalogue.ts';
import { BINDING_BETA } from '../check/betas.ts';
import { invalid } from '../errors.ts';
import { blocksOf, textOf, type Wire, wireOf, wires } from '../wire.ts';
import { after, factsOf, fits, isThinking, startOf } from './binding.ts';

/** How the thinking in a request's history is read. */
export interface ReadThinking {
  /** Paths of the blocks that the model does not see. */
  readonly dropped: ReadonlySet<string>;
  /** What is reported with the binding beta; undefined without it. */
  readonly transformations: readonly Wire[] | undefined;
}

/**
 * Checks every thinking block of the history: that this server signed it, that the model can read it, and that nothing
 * before it has changed. Throws the API's 400, or drops the block where the request or the rules say so.
 */
export function readThinking(request: Wire, model: FakeModel, betas: ReadonlySet<string>): ReadThinking {
  const dropped = new Set<string>();
  const reports: Wire[] = [];
  const mayDrop = wireOf(wireOf(request.thinking).block_binding).prefix_mismatch_behavior === 'drop_block';
  let position = startOf(request);
  for (const [index, message] of wires(request.messages).entries()) {
    // Dropping one block of a run of thinking takes the rest of the run with it.
    let dropping = false;
    for (const [at, block] of blocksOf(message.content).entries()) {
      const path = `messages.${index}.content.${at}`;
      if (isThinking(block)) {
        const facts = factsOf(block);
        if (!facts) throw invalid(path, `Invalid \`signature\` in \`${block.type}\` block`);
        const readable = canRead(model, textOf(facts.model));
        const misplaced = dropping || !fits(facts, position);
        if (!readable) reports.push(report('thinking_dropped', path, 'model_binding_mismatch'));
        else if (misplaced && !model.rules.prefixCheck) {
          reports.push(report('thinking_mismatch_allowed', path, 'prefix_binding_mismatch'));
        } else if (misplaced && mayDrop) {
          reports.push(report('thinking_dropped', path, 'prefix_binding_mismatch'));
          dropping = true;
        } else if (misplaced) {
          throw invalid(path, `Invalid \`signature\` in \`${block.type}\` block. ${ELSEWHERE}`);
        }
        if (!readable || dropping) dropped.add(path);
      } else dropping = false;
      position = after(position, textOf(message.role), block);
    }
  }
  const thinks = model.info.capabilities?.thinking.supported !== false;
  return { dropped, transformations: betas.has(BINDING_BETA) && thinks ? reports : undefined };
}

const ELSEWHERE =
  'The block is bound to a different conversation: `system`, `tools` or an earlier message has changed since it was created.';

function canRead(model: FakeModel, author: string): boolean {
  return author === model.info.id || model.rules.reads.includes(author);
}

function report(type: string, path: string, reason: string): Wire {
  return { type, path, reason };
}
