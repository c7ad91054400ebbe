import type { FakeModel } from '../catalogue.ts';
import type { Reply } from '../reply.ts';
import type { Wire } from '../wire.ts';
import { defaultAnswer } from './answer.ts';
import { thinks } from './compose.ts';

/** What the model would write if nothing stopped it. Thinking that the request has off is left out. */
export function rawBlocks(reply: Reply, request: Wire, model: FakeModel): readonly Wire[] {
  const withThinking = thinks(request, model);
  if (reply.blocks) return reply.blocks;
  if (reply.text === undefined && reply.thinking === undefined) {
    const answer = defaultAnswer(request, model);
    return withThinking ? answer : answer.filter((block) => block.type !== 'thinking');
  }
  const thinking = reply.thinking === undefined ? [] : [{ type: 'thinking', thinking: reply.thinking }];
  const text = reply.text === undefined ? [] : [{ type: 'text', text: reply.text }];
  return [...(withThinking ? thinking : []), ...text];
}
