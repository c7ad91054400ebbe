import type { FakeModel } from '../catalogue.ts';
import { hash } from '../prompt/render.ts';
import { textOf, type Wire, wireOf, wires } from '../wire.ts';
import { type Question, readQuestion } from './question.ts';
import { sampleOf } from './sample.ts';

/**
 * The answer to a request for which no test has written one: says what it is, and shows what it saw. The same
 * conversation always gets the same answer.
 */
export function defaultAnswer(request: Wire, model: FakeModel): readonly Wire[] {
  const question = readQuestion(request);
  const thinking = { type: 'thinking', thinking: think(question, request) };
  const tool = forcedTool(request);
  if (tool) return [thinking, { type: 'tool_use', id: `toolu_${seedOf(request)}`, ...tool }];
  const format = wireOf(wireOf(request.output_config).format);
  const text =
    format.type === 'json_schema'
      ? JSON.stringify(sampleOf(wireOf(format.schema), question.text || 'A simulated answer'))
      : markdown(question, request, model);
  return [thinking, { type: 'text', text }];
}

function markdown(question: Question, request: Wire, model: FakeModel): string {
  const seed = Number.parseInt(Buffer.from(seedOf(request)).toString('hex').slice(0, 6), 16);
  const parts = [
    `**This is the simulated Claude.** It runs on your own computer and answers in the shape of ` +
      `${model.info.display_name}, but no model has read your message.`,
    `## ${HEADINGS[seed % HEADINGS.length]}`,
    understood(question),
    codeExample(question),
  ];
  if (seed % 3 === 0 || /\btable\b/i.test(question.text)) parts.push(table(request, model));
  parts.push(CLOSINGS[seed % CLOSINGS.length] ?? '');
  return parts.join('\n\n');
}

const HEADINGS = ['What I received', 'What arrived here', 'Your message, as I saw it'];

const CLOSINGS = [
  'Give the extension your own API key to talk to the real Claude. Until then, every answer looks like this one.',
  'Everything else is as it will be: streaming, thinking, tokens and the prompt cache follow the rules of the API.',
  'Ask again, stop me half-way, or attach some code: nothing leaves this computer and nothing costs money.',
];

function understood(question: Question): string {
  const lines: string[] = [];
  if (question.text) lines.push(`You wrote: “${shorten(question.text, 200)}”`);
  for (const code of question.code) {
    const count = code.text.split('\n').length;
    const about = [code.language, `${count} ${count === 1 ? 'line' : 'lines'}`].filter(Boolean).join(', ');
    lines.push(
      code.caption ? `You attached \`${code.caption}\` (${about}).` : `You included code (${about}).`,
    );
  }
  if (question.images > 0) lines.push(`Images: ${question.images}. I did not look at them.`);
  for (const title of question.documents) lines.push(`Document: ${title}.`);
  lines.push(
    question.earlier === 0
      ? 'This is the first question of our conversation.'
      : `Before it came ${question.earlier} ${question.earlier === 1 ? 'question' : 'questions'} of yours.`,
  );
  return lines.map((line) => `- ${line}`).join('\n');
}

function codeExample(question: Question): string {
  const code = question.code[0];
  if (!code) {
    return ['A fenced block, so that you can see how code looks:', '', SAMPLE].join('\n');
  }
  const lines = code.text.split('\n').slice(0, 6).join('\n');
  const fence = '````';
  return ['It begins like this:', '', `${fence}${code.language}`, lines, fence].join('\n');
}

const SAMPLE = `\`\`\`ts
/** The greatest common divisor of two whole numbers. */
export function gcd(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : gcd(b, a % b);
}
\`\`\``;

function table(request: Wire, model: FakeModel): string {
  const rows = [
    ['Model', `\`${model.info.id}\``],
    ['Messages', String(wires(request.messages).length)],
    ['Most tokens to write', String(request.max_tokens)],
    ['Effort', textOf(wireOf(request.output_config).effort) || (model.rules.defaultEffort ?? 'not offered')],
  ];
  return ['| In your request | |', '| --- | --- |', ...rows.map((row) => `| ${row.join(' | ')} |`)].join(
    '\n',
  );
}

function think(question: Question, request: Wire): string {
  const effort = textOf(wireOf(request.output_config).effort);
  const what = question.text ? `The question is “${shorten(question.text, 120)}”.` : 'There is no question.';
  const code = question.code.map((entry) => entry.caption ?? 'unnamed code').join(', ');
  const lines = [
    `${what} I am a simulation and cannot solve it, so the honest answer is to say that and to show what I received.`,
    code ? `Code came with it: ${code}. I will name it and quote its first lines.` : '',
    ['high', 'xhigh', 'max'].includes(effort)
      ? 'Since the effort is high, I go over it once more: a heading, a short list, one code block. That is enough.'
      : '',
  ];
  return lines.filter(Boolean).join('\n\n');
}

/** A tool call that the request insists on; its input is the least that the schema takes. */
function forcedTool(request: Wire): Wire | undefined {
  const choice = wireOf(request.tool_choice);
  if (choice.type !== 'any' && choice.type !== 'tool') return undefined;
  const tools = wires(request.tools);
  const tool = choice.type === 'tool' ? tools.find((entry) => entry.name === choice.name) : tools[0];
  return tool && { name: tool.name, input: sampleOf(wireOf(tool.input_schema), 'simulated') };
}

function seedOf(request: Wire): string {
  const { model, system, messages } = request;
  return hash(JSON.stringify({ model, system, messages })).slice(0, 16);
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;
}
