import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
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
 * rules that go by names. Lets others work every few ms. Never rejects: a rule that fails counts as one that found something.
 * This module brings the rules along, so it is imported dynamically and bundled in a file of its own.
 */
export async function secretIn(text: string, path: string): Promise<SecretFound | undefined> {
  for (const piece of piecesOf(text)) {
    const found = shapeIn(piece.text) ?? (await ruleIn(piece.text, path));
    if (found) return { rule: found.rule, line: found.line + piece.linesBefore };
    if (piece.isLast) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return undefined;
}

/** Logins in addresses are found by a shape of ours, which knows those that stand in every document. */
const CONFIG = {
  rules: [
    {
      id: creator.meta.id,
      rule: creator,
      rules: [{ id: '@secretlint/secretlint-rule-basicauth', allowMessageIds: ['BasicAuth'] }],
    },
  ],
};

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
    linesBefore += linesIn(text.slice(start, start + PIECE));
  }
}

/** Line ends in a text. */
function linesIn(text: string): number {
  return text.split('\n').length - 1;
}

function shapeIn(text: string): SecretFound | undefined {
  for (const { rule, pattern, isNone, needs } of SECRET_SHAPES) {
    if (needs !== undefined && !text.includes(needs)) continue;
    for (const match of text.matchAll(pattern)) {
      if (isNone?.(match.groups?.value ?? match[0])) continue;
      return { rule, line: linesIn(text.slice(0, match.index)) + 1 };
    }
  }
  return undefined;
}

async function ruleIn(text: string, path: string): Promise<SecretFound | undefined> {
  try {
    // It is on from the start, and keeps marks of every rule and file in the process that all extensions share.
    secretLintProfiler.setEnabled(false);
    const { messages } = await lintSource({
      // The remark is taken for one of the rules, which may not look away; as long as before, so that lines stay.
      source: {
        content: text.replaceAll('secretlint-', 'secretlint_'),
        filePath: path,
        contentType: 'text',
      },
      options: { config: CONFIG, noPhysicFilePath: true, maskSecrets: true },
    });
    const [first] = messages;
    return first && { rule: nameOf(first.ruleId, first.messageId), line: first.loc.start.line };
  } catch {
    return { rule: 'secretlint', line: 1 };
  }
}

/** `aws AWSAccessKeyID` of `@secretlint/secretlint-rule-aws` and its message. */
function nameOf(ruleId: string, messageId: string): string {
  return `${ruleId.replace(/^@secretlint\/secretlint-rule-/, '')} ${messageId}`;
}
