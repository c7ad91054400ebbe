import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import { type AnswerBlock, type AssistantTurn, textOf } from '../../core/conversation/model.ts';
import { markdownBody } from '../render/markdownBody.ts';
import type { AnswerPlace } from './answer.ts';
import { thinking } from './thinking.ts';
import type { Tools } from './tools.ts';

/** The content of an answer in the API's order. Neighboring text blocks are one text: citations split sentences. */
export function answerBlocks(turn: AssistantTurn, place: AnswerPlace, tools: Tools): unknown {
  const runs = runsOf(turn.blocks);
  return runs.map((run, at) => {
    const last = at === runs.length - 1;
    if (run.kind === 'text') return textRun(run.blocks, turn.state !== 'streaming' || !last, tools);
    return guard([run.block, turn.state, place.showThinking], () =>
      otherBlock(turn, run.block, run.index, place, tools),
    );
  });
}

type Run =
  | { readonly kind: 'text'; readonly blocks: AnswerBlock[] }
  | { readonly kind: 'other'; readonly block: AnswerBlock; readonly index: number };

function runsOf(blocks: readonly AnswerBlock[]): Run[] {
  const runs: Run[] = [];
  for (const [index, block] of blocks.entries()) {
    const last = runs.at(-1);
    if (block.content.type !== 'text') runs.push({ kind: 'other', block, index });
    else if (last?.kind === 'text') last.blocks.push(block);
    else runs.push({ kind: 'text', blocks: [block] });
  }
  return runs;
}

function textRun(blocks: readonly AnswerBlock[], complete: boolean, tools: Tools): unknown {
  const text = blocks.map((block) => textOf(block.content)).join('');
  return markdownBody(tools.document, tools.markdown, { text, complete });
}

function otherBlock(
  turn: AssistantTurn,
  block: AnswerBlock,
  index: number,
  place: AnswerPlace,
  tools: Tools,
): TemplateResult | typeof nothing {
  const { type } = block.content;
  if (type === 'thinking')
    return place.showThinking ? thinking(turn, block, index, place.open, tools) : nothing;
  if (type === 'redacted_thinking') {
    return place.showThinking
      ? note(tools.t('A part of the thinking is encrypted; it is kept and sent back.'))
      : nothing;
  }
  return note(tools.t('Parley cannot show a block of type {0}; it is kept and sent back.', type));
}

function note(sentence: string): TemplateResult {
  return html`<p class="note" data-part="block-note">${sentence}</p>`;
}
