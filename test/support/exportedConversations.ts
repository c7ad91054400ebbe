import { createHash } from 'node:crypto';
import { checksum } from '../../src/core/conversation/checksum.ts';
import type { ChatEvent } from '../../src/core/conversation/events.ts';
import { encodeEvent, encodeHeader } from '../../src/core/conversation/journal.ts';
import type { ContentBlock } from '../../src/core/conversation/model.ts';
import type { Part } from '../../src/core/conversation/parts.ts';
import { NO_USAGE, openAnswer } from './conversations.ts';
import type { Random } from './random.ts';

/** A journal with everything that can stand in one, and the bytes that it names. */
export interface GeneratedJournal {
  readonly id: string;
  readonly text: string;
  readonly attachments: readonly Uint8Array[];
}

/** The same random numbers give the same journal: every kind of part, block and event, and lines that are broken. */
export function randomJournal(random: Random, id: string): GeneratedJournal {
  const attachments: Uint8Array[] = [];
  const stored = (): string => {
    const bytes = Uint8Array.from({ length: random.below(2000) }, () => random.below(256));
    attachments.push(bytes);
    return hashOf(bytes);
  };
  const events = Array.from({ length: 1 + random.below(6) }, (_, round) =>
    roundOf(random, round, stored),
  ).flat();
  const lines = events.map((event, at) => lineOf(at + 1, event));
  for (let broken = random.below(3); broken > 0; broken--) {
    lines.splice(random.below(lines.length), 0, brokenLine(random, lines));
  }
  const end = random.below(4) === 0 ? (lines.pop() ?? '').slice(0, -1 - random.below(20)).toWellFormed() : '';
  return { id, text: encodeHeader({ version: 1, id, createdAt: 17 }) + lines.join('') + end, attachments };
}

/** An event that only a newer Parley knows, or a usual one. */
type AnyEvent = ChatEvent | { readonly type: `new${string}`; readonly [field: string]: unknown };

function roundOf(random: Random, round: number, stored: () => string): readonly AnyEvent[] {
  const [asked, answer] = [`q${round}`, `a${round}`];
  const parts = Array.from({ length: 1 + random.below(4) }, () => partOf(random, stored));
  const turn = random.pick(['done', 'stopped', 'failed', 'interrupted'] as const);
  const blocks = Array.from({ length: 1 + random.below(4) }, () => blockOf(random));
  const parent = round === 0 ? null : `a${round - 1}`;
  const attempt = { at: 4, usage: NO_USAGE, failure: { kind: 'overloaded' } } as const;
  return [
    { type: 'turnAdded', turn: { role: 'user', id: asked, parent, at: round, parts } },
    ...settingEvents(random, stored),
    { type: 'turnAdded', turn: openAnswer(answer, asked) },
    { type: 'requestSent', turn: answer, sent: { at: 3, points: [{ key: random.text(9), ttl: '1h' }] } },
    ...(random.below(2) === 0 ? retryEvents(random, asked, answer, attempt) : []),
    { type: 'answerStarted', turn: answer, messageId: `msg_${round}`, usage: NO_USAGE },
    ...blocks.flatMap((block, index): readonly ChatEvent[] => [
      { type: 'blockStarted', turn: answer, index, block, at: 3 },
      { type: 'textGrew', turn: answer, index, text: random.text(50) },
      { type: 'thinkingGrew', turn: answer, index, text: random.text(50) },
      { type: 'blockChanged', turn: answer, index, delta: { type: 'signature_delta', signature: 's' } },
      { type: 'blockEnded', turn: answer, index, at: 5 },
    ]),
    {
      type: 'turnEnded',
      turn: answer,
      state: turn,
      at: 9,
      usage: { ...NO_USAGE, output: random.below(900) },
    },
    ...(random.below(2) === 0
      ? [{ type: 'newFact', of: { deep: [random.text(20), stored()] } } as const]
      : []),
    ...(random.below(3) === 0 ? compactionEvents(random, answer) : []),
    ...(random.below(3) === 0 ? [{ type: 'renamed', title: random.text(20) } as const] : []),
  ];
}

function settingEvents(random: Random, stored: () => string): readonly ChatEvent[] {
  const pack = { at: 1, sha256: stored(), manifest: stored(), files: 2, tokens: 300 };
  const all: readonly [ChatEvent, ...ChatEvent[]] = [
    { type: 'systemFrozen', system: { format: 2, texts: [random.text(30)], sources: ['base'], pack } },
    { type: 'contextRepacked', pack },
    { type: 'modelChosen', model: { id: 'claude-imaginary-1', name: random.text(9) } },
    { type: 'effortChosen', effort: 'max' },
    { type: 'thinkingChosen', thinking: 'off' },
    { type: 'pinned', pinned: true },
    { type: 'instructionsChanged', instructions: random.text(40) },
    { type: 'deleted', at: 5 },
    { type: 'restored', at: 6 },
  ];
  return Array.from({ length: random.below(3) }, () => random.pick(all));
}

function retryEvents(
  random: Random,
  asked: string,
  turn: string,
  attempt: { readonly at: number },
): readonly ChatEvent[] {
  const waiting = { until: 9, attempt: 2, attempts: 5, failure: { kind: 'overloaded' } } as const;
  const by: Part = { kind: 'text', text: random.text(9) };
  return [
    { type: 'retryScheduled', turn, waiting, attempt },
    { type: 'requestRepaired', turn, repairs: [{ kind: 'partReplaced', turn: asked, part: 0, by }], attempt },
    { type: 'answerPaused', turn, attempt },
    { type: 'cacheMissed', turn, miss: { cause: 'expired', tokens: 7 } },
  ];
}

function compactionEvents(random: Random, through: string): readonly ChatEvent[] {
  const id = `compaction-${through}`;
  const model = { id: 'claude-sonnet-5-5', name: 'Claude Sonnet 5.5' };
  const blocks: readonly ContentBlock[] = [{ type: 'compaction', content: random.text(40) }];
  const way = 'summarize';
  return [
    {
      type: 'compactionStarted',
      compaction: { id, at: 1, model, through, way, state: 'running', blocks: [] },
    },
    { type: 'compactionEnded', compaction: id, state: 'offered', at: 2, blocks, usage: NO_USAGE },
    {
      type: 'compactionDecided',
      compaction: id,
      state: random.pick(['taken', 'declined', 'undone'] as const),
    },
  ];
}

function partOf(random: Random, stored: () => string): Part {
  const label = random.text(12);
  const text = random.text(60);
  const place = { path: 'src/a.ts', uri: 'file:///w/src/a.ts', languageId: 'typescript' };
  const all: readonly [() => Part, ...(() => Part)[]] = [
    () => ({ kind: 'text', text }),
    () => ({ kind: 'code', ...place, startLine: 1, endLine: 3, unsaved: random.below(2) === 0, text }),
    () => ({ kind: 'image', label, source: { type: 'url', url: 'https://example.com/a.png' } }),
    () => ({
      kind: 'image',
      label,
      source: { type: 'stored', sha256: stored(), mediaType: 'image/png', bytes: 9, width: 3, height: 2 },
    }),
    () => ({
      kind: 'document',
      label,
      source: { type: 'stored', sha256: stored(), mediaType: 'application/pdf', bytes: 9, pages: 2 },
    }),
    () => ({ kind: 'excerpt', origin: 'terminal', label, languageId: 'plaintext', text }),
    () => ({ kind: 'update', path: 'src/a.ts', change: 'changed', form: 'diff', text, hash: 'h' }),
    () => ({ kind: 'update', path: 'b.ts', change: 'added', form: 'whole', text, hash: 'h', shared: true }),
    () => ({
      kind: 'update',
      path: '.',
      change: 'removed',
      form: 'none',
      text: '',
      hash: '',
      removed: [{ folder: 'src/', files: 2, names: ['a.ts', 'b.ts'] }],
    }),
  ];
  return random.pick(all)();
}

function blockOf(random: Random): ContentBlock {
  const all: readonly [ContentBlock, ...ContentBlock[]] = [
    { type: 'text', text: '' },
    { type: 'thinking', thinking: '', signature: '' },
    { type: 'redacted_thinking', data: random.text(20) },
    { type: 'of_tomorrow', deep: { list: [1, null, random.text(9)] } },
  ];
  return random.pick(all);
}

function lineOf(n: number, event: AnyEvent): string {
  if (!event.type.startsWith('new')) return encodeEvent(n, event as ChatEvent);
  const text = JSON.stringify(event);
  return `{"n":${n},"sum":"${checksum(`${n}:${text}`)}","event":${text}}\n`;
}

function brokenLine(random: Random, lines: readonly string[]): string {
  const whole = lines[random.below(lines.length)] ?? '';
  const all: readonly [string, ...string[]] = [
    `${random.text(30).replaceAll('\n', ' ').replaceAll('\ud800', '?')}.\n`,
    whole.replace('"sum":"', '"sum":"0'),
    `${whole.slice(0, whole.length >> 1).toWellFormed()}\n`,
  ];
  return random.pick(all);
}

/** SHA-256, hexadecimal. */
export function hashOf(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
