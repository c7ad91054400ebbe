import { invalid } from '../errors.ts';
import { blocksOf, isWire, textOf, type Wire, wires } from '../wire.ts';
import { requireBeta } from './betas.ts';
import { checkBlock } from './checkBlocks.ts';
import { onlyFields } from './checkFields.ts';
import type { CheckContext } from './checkRequest.ts';

/** Roles, their order, the shape of every block, and that each tool call has its result. */
export function checkMessages(request: Wire, context: CheckContext): void {
  checkSystem(request, context);
  if (!Array.isArray(request.messages)) throw invalid('messages', 'Field required');
  const messages = wires(request.messages);
  if (messages.length === 0) throw invalid('messages', 'at least one message is required');
  if (messages.length > 100_000) throw invalid('messages', 'at most 100000 messages are allowed');
  for (const [index, message] of messages.entries()) {
    checkShape(message, index, messages, context);
    checkContent(message, `messages.${index}`, context);
  }
  checkFirst(messages);
  checkToolResults(messages);
  // A conversation that is to be summarized may well end with an answer.
  if (!isWire(request.compaction)) checkLast(messages, context);
}

function checkSystem(request: Wire, context: CheckContext): void {
  if (request.system === undefined || request.system === '') return;
  if (typeof request.system !== 'string' && !Array.isArray(request.system)) {
    throw invalid('system', 'Input should be a string or a list of text blocks');
  }
  for (const [index, block] of blocksOf(request.system).entries()) {
    if (block.type !== 'text') throw invalid(`system.${index}.type`, "Input should be 'text'");
    checkBlock(block, `system.${index}`, 'system', context);
  }
}

function checkShape(message: Wire, index: number, messages: readonly Wire[], context: CheckContext): void {
  const path = `messages.${index}`;
  const { role } = message;
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    throw invalid(`${path}.role`, "Input should be 'user', 'assistant' or 'system'");
  }
  onlyFields(
    message,
    path,
    role === 'system' ? ['role', 'content', 'clear_at', 'output_config'] : ['role', 'content'],
  );
  if (role !== 'system') return;
  if (!context.model.rules.systemMessages) {
    throw invalid(`${path}.role`, `'system' messages are not supported on ${context.model.info.id}`);
  }
  if (messages[index - 1]?.role !== 'user') {
    throw invalid(path, 'a system message must come right after a user message');
  }
  const { betas } = context;
  if (message.clear_at) requireBeta(betas, `${path}.clear_at`, 'mid-conversation-system-clear-at-2026-08-21');
  if (message.output_config) {
    requireBeta(betas, `${path}.output_config`, 'mid-conversation-output-config-2026-07-01');
  }
}

function checkContent(message: Wire, path: string, context: CheckContext): void {
  const { content } = message;
  if (typeof content !== 'string' && !Array.isArray(content)) {
    throw invalid(`${path}.content`, 'Input should be a string or a list of content blocks');
  }
  if (content.length === 0) throw invalid(path, 'all messages must have non-empty content');
  if (Array.isArray(content) && !content.every(isWire)) {
    throw invalid(`${path}.content`, 'Input should be a list of objects');
  }
  const blocks = blocksOf(content);
  for (const [at, block] of blocks.entries()) {
    checkBlock(block, `${path}.content.${at}`, textOf(message.role), context);
  }
  if (message.role === 'assistant' && blocks.at(-1)?.type === 'thinking') {
    throw invalid(path, 'The final block in an assistant message cannot be `thinking`.');
  }
}

function checkFirst(messages: readonly Wire[]): void {
  const first = messages[0];
  if (first?.role === 'user') return;
  if (first?.role === 'assistant' && blocksOf(first.content)[0]?.type === 'compaction') return;
  throw invalid('messages', 'first message must use the "user" role');
}

function checkToolResults(messages: readonly Wire[]): void {
  for (const [index, message] of messages.entries()) {
    const asked = idsOf(message, 'tool_use', 'id');
    const answered = idsOf(messages[index + 1], 'tool_result', 'tool_use_id');
    const missing = asked.filter((id) => !answered.includes(id));
    if (missing.length > 0) {
      const what = '`tool_use` ids were found without `tool_result` blocks immediately after';
      throw invalid(`messages.${index}`, `${what}: ${missing.join(', ')}.`);
    }
    const before = idsOf(messages[index - 1], 'tool_use', 'id');
    const stray = idsOf(message, 'tool_result', 'tool_use_id').find((id) => !before.includes(id));
    if (stray !== undefined) {
      throw invalid(
        `messages.${index}`,
        `unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}.`,
      );
    }
  }
}

function idsOf(message: Wire | undefined, type: string, field: string): readonly string[] {
  const blocks = blocksOf(message?.content).filter((block) => block.type === type);
  return blocks.map((block) => textOf(block[field]));
}

/** An assistant message at the end is a prefill, unless it is a turn that this server left unfinished. */
function checkLast(messages: readonly Wire[], { model, isUnfinished }: CheckContext): void {
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return;
  if (blocksOf(last.content).at(-1)?.type === 'compaction' || isUnfinished(last.content)) return;
  if (!model.rules.prefill) {
    const what = 'This model does not support assistant message prefill.';
    throw invalid('messages', `${what} The conversation must end with a user message.`);
  }
  const end = blocksOf(last.content).at(-1);
  if (/\s$/.test(textOf(end?.text))) {
    throw invalid('messages', 'final assistant content cannot end with trailing whitespace');
  }
}
