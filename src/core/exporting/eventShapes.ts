import type { ChatEvent } from '../conversation/events.ts';
import type { Part } from '../conversation/parts.ts';

/**
 * Whether an event that comes from outside (an imported file) has the shape that its type promises, as far as something
 * would break that relies on it. Events of an unknown type pass: nothing looks into them. `line` is that of a journal.
 */
export function hasEventShape(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    const event = isRecord(value) ? value.event : undefined;
    if (!isRecord(event) || typeof event.type !== 'string') return false;
    const shape: Shape | undefined = Object.hasOwn(EVENTS, event.type)
      ? EVENTS[event.type as ChatEvent['type']]
      : undefined;
    return shape === undefined || fits(event, shape);
  } catch {
    return false;
  }
}

type Check = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Check>>;

const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const figure: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const hash: Check = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const orAbsent =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const record =
  (shape: Shape): Check =>
  (value) =>
    fits(value, shape);

const model = record({ id: text, name: text });
const usage = record({
  input: figure,
  cacheRead: figure,
  cacheWrite: figure,
  cacheWrite1h: figure,
  output: figure,
});
const failure = record({ kind: text, message: orAbsent(text) });
const block = record({ type: text });
const attempt = record({ at: figure, usage: orAbsent(usage), failure: orAbsent(failure) });
const pack = record({ at: figure, sha256: hash, manifest: hash, files: figure, tokens: figure });
const system = record({
  format: figure,
  texts: listOf(text),
  sources: orAbsent(listOf(text)),
  workspace: orAbsent(text),
  pack: orAbsent(pack),
});
const stored = record({ type: (value) => value === 'stored', sha256: hash, mediaType: text, bytes: figure });
const address = record({ type: (value) => value === 'url', url: text });

const PARTS: Readonly<Record<Part['kind'], Shape>> = {
  text: { text },
  code: { path: text, uri: text, languageId: text, startLine: figure, endLine: figure, text },
  image: { label: text, source: (value) => stored(value) || address(value) },
  document: { label: text, source: stored },
  excerpt: { origin: text, label: text, languageId: text, text },
  update: {
    path: text,
    change: text,
    removed: orAbsent(
      listOf(
        record({ folder: text, files: figure, names: orAbsent(listOf(text)), kept: orAbsent(listOf(text)) }),
      ),
    ),
    from: orAbsent(text),
    form: text,
    text,
    hash: text,
    shared: orAbsent(flag),
  },
};

const part: Check = (value) =>
  isRecord(value) &&
  typeof value.kind === 'string' &&
  Object.hasOwn(PARTS, value.kind) &&
  fits(value, PARTS[value.kind as Part['kind']]);

const userTurn = record({
  parts: listOf(part),
  leftOut: orAbsent(listOf(figure)),
  gone: orAbsent(listOf(figure)),
});
const assistantTurn = record({
  model,
  effort: orAbsent(text),
  state: text,
  blocks: listOf(record({ content: block, startedAt: figure })),
  usage: orAbsent(usage),
  failure: orAbsent(failure),
  attempts: orAbsent(listOf(attempt)),
  repairs: orAbsent(listOf(record({ kind: text }))),
});
const turn: Check = (value) =>
  fits(value, { id: text, parent: orNull(text), at: figure }) &&
  isRecord(value) &&
  (value.role === 'user' ? userTurn(value) : value.role === 'assistant' && assistantTurn(value));

const compaction = record({
  id: text,
  at: figure,
  model,
  through: text,
  way: text,
  state: text,
  blocks: listOf(block),
  usage: orAbsent(usage),
});
const repair: Check = (value) =>
  fits(value, { kind: text }) && isRecord(value) && (value.kind !== 'partReplaced' || part(value.by));

const EVENTS: Readonly<Record<ChatEvent['type'], Shape>> = {
  renamed: { title: text },
  pinned: { pinned: flag },
  modelChosen: { model },
  effortChosen: { effort: text },
  thinkingChosen: { thinking: text },
  instructionsChanged: { instructions: text },
  systemFrozen: { system },
  contextRepacked: { pack },
  turnAdded: { turn },
  requestSent: {
    turn: text,
    sent: record({ at: figure, points: listOf(record({ key: text, ttl: text })) }),
  },
  retryScheduled: { turn: text, waiting: record({ until: figure, failure }), attempt },
  requestRepaired: { turn: text, repairs: listOf(repair), attempt },
  answerPaused: { turn: text, attempt },
  cacheMissed: { turn: text, miss: record({ cause: text, tokens: figure }) },
  compactionStarted: { compaction },
  compactionEnded: {
    compaction: text,
    state: text,
    at: figure,
    blocks: listOf(block),
    usage: orAbsent(usage),
  },
  compactionDecided: { compaction: text, state: text },
  answerStarted: { turn: text, messageId: text, usage },
  blockStarted: { turn: text, index: figure, block, at: figure },
  textGrew: { turn: text, index: figure, text },
  thinkingGrew: { turn: text, index: figure, text },
  blockChanged: { turn: text, index: figure, delta: block },
  blockEnded: { turn: text, index: figure, at: figure },
  turnEnded: {
    turn: text,
    state: text,
    at: figure,
    usage: orAbsent(usage),
    failure: orAbsent(failure),
    stopReason: orAbsent(text),
  },
  deleted: { at: figure },
  restored: { at: figure },
};

function fits(value: unknown, shape: Shape): boolean {
  return isRecord(value) && Object.entries(shape).every(([field, check]) => check(value[field]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
