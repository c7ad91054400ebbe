import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import { hasMarks, rulesFor } from './secretMarks.ts';
import { SECRET_SHAPES } from './secretShapes.ts';

/** Where a text holds a secret, and of which kind. It does not say what the secret is. */
export interface SecretFound {
  readonly rule: string;
  /** Counts from 1. */
  readonly line: number;
}

/**
 * The first secret in a text, by the recommended rules of secretlint and by more shapes (see `secretShapes.ts`); undefined
 * when it has none. Remarks in the text by which secretlint is told to look away have no effect. `path` is for the
 * rules that go by names. Lets others work between pieces of a long text. Never rejects: a rule that fails counts as one that
 * found something. This module brings the rules along, so it is imported dynamically and bundled in a file of its own.
 */
export async function secretIn(text: string, path: string): Promise<SecretFound | undefined> {
  for (const piece of piecesOf(text)) {
    const possible = rulesFor(piece.text);
    const mayFind = (rule: string): boolean => possible.has(rule) || !hasMarks(rule);
    const found = shapeIn(piece.text, mayFind) ?? (await ruleIn(piece.text, path, mayFind));
    if (found) return { rule: found.rule, line: found.line + piece.linesBefore };
    if (piece.isLast) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return undefined;
}

/** Characters that are searched at a time; some ms of work. */
const PIECE = 100_000;
/** Pieces overlap by so many characters, so that no secret is torn: the longest are private keys. */
const OVERLAP = 12_000;

interface Piece {
  readonly text: string;
  readonly linesBefore: number;
  readonly isLast: boolean;
}

function* piecesOf(text: string): Generator<Piece> {
  let linesBefore = 0;
  for (let start = 0; ; start += PIECE) {
    const isLast = start + PIECE + OVERLAP >= text.length;
    yield { text: text.slice(start, start + PIECE + OVERLAP), linesBefore, isLast };
    if (isLast) return;
    linesBefore += lineEnds(text.slice(start, start + PIECE));
  }
}

function lineEnds(text: string): number {
  return text.split('\n').length - 1;
}

function foundAt(rule: string, text: string, index: number): SecretFound {
  return { rule, line: lineEnds(text.slice(0, index)) + 1 };
}

function shapeIn(text: string, mayFind: (rule: string) => boolean): SecretFound | undefined {
  for (const { rule, pattern, isNone, needs } of SECRET_SHAPES) {
    if (!mayFind(rule) || (needs !== undefined && !holds(text, needs))) continue;
    for (const match of text.matchAll(pattern)) {
      if (!isNone?.(match.groups?.value ?? match[0])) return foundAt(rule, text, match.index);
    }
  }
  return undefined;
}

function holds(text: string, needs: string | RegExp): boolean {
  return typeof needs === 'string' ? text.includes(needs) : needs.test(text);
}

type Rule = (typeof rules)[number];
type Context = Parameters<Rule['create']>[0];
type Source = Parameters<NonNullable<ReturnType<Rule['create']>['file']>>[0];

/** Logins in addresses are found by a shape of ours, which knows those that stand in every document. The filter obeys the remarks. */
const UNUSED = ['@secretlint/secretlint-rule-basicauth', '@secretlint/secretlint-rule-filter-comments'];

const USED = rules
  .filter(({ meta }) => meta.type === 'scanner' && !UNUSED.includes(meta.id))
  .map((rule) => {
    const name = rule.meta.id.replace('@secretlint/secretlint-rule-', '');
    return { rule, name, marked: `secretlint ${name}` };
  });

/**
 * The rules are run as secretlint's core does, which would make all of them anew for each file with its queues of events, and
 * keeps a mark of each in the process that all extensions share.
 */
async function ruleIn(
  content: string,
  path: string,
  mayFind: (rule: string) => boolean,
): Promise<SecretFound | undefined> {
  const reports: SecretFound[] = [];
  const ext = path.endsWith('.json') ? '.json' : '';
  // What rules for text ask of a source; positions are for the filter only.
  const source = { content, filePath: path, ext, contentType: 'text', hasBOM: false } as Source;
  for (const { rule, name, marked } of USED) {
    if (!mayFind(marked)) continue;
    try {
      await rule.create(contextFor(name, content, reports), {}).file?.(source);
    } catch {
      reports.push({ rule: name, line: 1 });
    }
    if (reports.length > 0) break;
  }
  return reports[0];
}

function contextFor(name: string, content: string, reports: SecretFound[]): Context {
  return {
    sharedOptions: {},
    createTranslator: () => (messageId) => ({ message: '', messageId: String(messageId), data: {} }),
    report({ message, range }) {
      reports.push(foundAt(`${name} ${message.messageId}`, content, range[0]));
    },
    ignore: () => undefined,
  };
}
