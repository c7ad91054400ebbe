import type { FakeModel } from '../catalogue.ts';
import { COMPACTION_BETA, requireBeta, THRESHOLD_COMPACTION_BETA } from '../check/betas.ts';
import { invalid } from '../errors.ts';
import { blocksOf, textOf, type Wire, wires } from '../wire.ts';
import { endOf } from './binding.ts';
import { hash } from './render.ts';
import { readSigned, sign } from './signature.ts';

/** The block that stands for all messages of a request, as `compaction: {type: 'summarize'}` returns it. */
export function signedSummary(summary: string, request: Wire, model: FakeModel): Wire {
  const { history } = endOf(request);
  const facts = { kind: 'summary', model: model.info.id, history, summary: hash(summary) };
  return {
    type: 'compaction',
    content: summary,
    encrypted_content: sign({ kind: 'state', summary: hash(summary) }),
    signature: sign(facts),
    tool_changes: [],
  };
}

/** The block that `compact_20260112` puts before its answer. */
export function thresholdSummary(summary: string): Wire {
  const encrypted_content = sign({ kind: 'state', summary: hash(summary) });
  return { type: 'compaction', content: summary, encrypted_content };
}

/** A summary that names what was asked, since nobody here can understand it. */
export function summarize(request: Wire): string {
  const messages = wires(request.messages);
  const asked = messages
    .filter((message) => message.role === 'user')
    .flatMap((message) => blocksOf(message.content))
    .filter((block) => block.type === 'text')
    .map((block) => textOf(block.text).replaceAll(/\s+/g, ' ').trim().slice(0, 120));
  const earlier = blocksOf(messages[0]?.content).filter((block) => block.type === 'compaction');
  return [
    `Summary by the simulated Claude of ${messages.length} messages.`,
    ...earlier.map((block) => textOf(block.content)),
    ...asked.map((text) => `- The user wrote: ${text}`),
  ].join('\n');
}

/** Checks the compaction blocks that come back: header, place, number, signature and text. */
export function checkCompactionBlocks(request: Wire, betas: ReadonlySet<string>): void {
  const found = findCompactions(request);
  for (const { path, block } of found) {
    const isSigned = typeof block.signature === 'string';
    if (isSigned) requireBeta(betas, path, COMPACTION_BETA);
    else requireBeta(betas, path, THRESHOLD_COMPACTION_BETA, COMPACTION_BETA);
    if (block.content === null || block.content === undefined) continue;
    if (block.content === '') throw invalid(path, 'compaction content must be non-empty');
    const facts = readSigned(isSigned ? block.signature : block.encrypted_content);
    if (facts?.kind !== (isSigned ? 'summary' : 'state')) {
      throw refuse(
        path,
        'compaction_signature_invalid',
        'The signature of the compaction block does not verify.',
      );
    }
    if (facts.summary !== hash(textOf(block.content))) {
      const what = 'The content of the compaction block differs from the one that was signed.';
      throw refuse(path, 'compaction_content_mismatch', what);
    }
    if (isSigned && JSON.stringify(block.tool_changes ?? []) !== '[]') {
      throw refuse(path, 'compaction_tool_changes_mismatch', 'The tool changes differ from those returned.');
    }
  }
  const signed = found.filter(({ block }) => typeof block.signature === 'string');
  if (signed[1]) {
    throw refuse(signed[1].path, 'compaction_block_ambiguous', 'Only one compaction block may be sent.');
  }
  if (signed[0] && signed[0].path !== 'messages.0.content.0') {
    const what = 'The compaction block must be the first block of the conversation.';
    throw refuse(signed[0].path, 'compaction_block_misplaced', what);
  }
}

/** Refuses a conversation that cannot be summarized as it stands. */
export function checkSummarizable(request: Wire): void {
  const messages = wires(request.messages);
  const last = messages.at(-1);
  if (last?.role === 'assistant' && blocksOf(last.content).at(-1)?.type === 'tool_use') {
    throw refuse('messages', 'compaction_incomplete_turn', 'The conversation ends on an unfinished turn.');
  }
  const spoken = messages.filter((message) => message.role !== 'system');
  const blocks = spoken.flatMap((message) => blocksOf(message.content));
  if (blocks.every((block) => block.type === 'compaction')) {
    throw refuse('messages', 'compaction_nothing_to_summarize', 'There is nothing to summarize.');
  }
}

/**
 * The blocks that the model no longer reads because a summary made by `compact_20260112` follows them. A signed summary
 * hides nothing: what it stands for has to be removed by the client.
 */
export function hiddenBySummary(request: Wire): readonly string[] {
  const last = findCompactions(request).findLast(
    ({ block }) => typeof block.signature !== 'string' && typeof block.content === 'string',
  );
  if (!last) return [];
  const paths = wires(request.messages).flatMap((message, index) =>
    blocksOf(message.content).map((_, at) => `messages.${index}.content.${at}`),
  );
  return paths.slice(0, paths.indexOf(last.path));
}

function findCompactions(request: Wire): readonly { path: string; block: Wire }[] {
  return wires(request.messages).flatMap((message, index) =>
    blocksOf(message.content).flatMap((block, at) =>
      block.type === 'compaction' ? [{ path: `messages.${index}.content.${at}`, block }] : [],
    ),
  );
}

function refuse(path: string, code: string, message: string) {
  return invalid(path, message, { error_code: code });
}
