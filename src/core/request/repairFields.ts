import type { OptionalField } from '../conversation/model.ts';
import { figureIn } from './complaint.ts';
import type { Need } from './limits.ts';
import { BETAS } from './messageRequest.ts';
import { carries, originAt, type Refused } from './refused.ts';

/** A summary that is not taken back gives way to the history that it stands for. */
export function repairCompaction({ complaint, composed }: Refused): readonly Need[] {
  const { compaction } = composed;
  if (compaction === undefined) return [];
  const { code, message, places } = complaint;
  const isAbout =
    code.startsWith('compaction_') ||
    places.some((place) => originAt(composed, place.message, place.block ?? 0)?.turn === compaction) ||
    /`?compaction`? (block|content)|compact-20\d\d-\d\d-\d\d|tag '?`?compaction/.test(message);
  return isAbout ? [{ kind: 'compactionDropped', compaction }] : [];
}

/** An answer longer than model or window allow is asked for shorter. */
export function repairLength({ complaint, composed }: Refused): readonly Need[] {
  const { message } = complaint;
  if (!/max_tokens|max tokens|output tokens|completion tokens/.test(message)) return [];
  if (/budget_tokens/.test(message)) return drop('thinking', composed);
  const tokens = windowLeft(message) ?? figureIn(message, LARGEST_ANSWER);
  const isShorter = tokens !== undefined && tokens >= SHORTEST_ANSWER && tokens < composed.request.max_tokens;
  return isShorter ? [{ kind: 'maxTokensLowered', tokens }] : [];
}

/** Fields that the complaint points at by their path, wherever they stand. */
export function repairFields({ complaint, composed }: Refused): readonly Need[] {
  if (/when `?thinking`? is enabled/.test(complaint.message)) return drop('thinking', composed);
  const path = complaint.paths.find((candidate) => FIELD_STARTS.has(candidate[0] ?? ''));
  const marks = complaint.paths.some((candidate) => candidate.includes('cache_control'));
  if (marks) return dropFirst(complaint.paths.flat().includes('ttl') ? CACHE_TTL : CACHE, composed);
  if (!path) return [];
  const named = FIELDS.find(({ words }) => words.test(path.join('.')));
  return named ? dropFirst([...named.fields, ...fallbacks(path)], composed) : [];
}

/** Fields and header values that the complaint only speaks of. */
export function repairNamedFields({ complaint, composed }: Refused): readonly Need[] {
  const { message } = complaint;
  const named = FIELDS.find(
    ({ words, fields }) => words.test(message) && fields.some((field) => carries(composed, field)),
  );
  if (named) return dropFirst(named.fields, composed);
  const { compaction } = composed;
  return compaction !== undefined && /anthropic-beta|beta header/.test(message)
    ? [{ kind: 'compactionDropped', compaction }]
    : [];
}

/** The first of these words that fits says what is meant; of its fields the first goes that is there. */
const FIELDS: readonly { readonly words: RegExp; readonly fields: readonly OptionalField[] }[] = [
  {
    words: new RegExp(`block_binding|prefix_mismatch|${BETAS.binding}|thinking-binding`),
    fields: ['block_binding'],
  },
  { words: /\bdisplay\b/, fields: ['thinking.display'] },
  { words: /\bttl\b|extended-cache-ttl/, fields: ['cache_ttl', 'cache_control'] },
  { words: /cache_control|prompt.caching/, fields: ['cache_control'] },
  { words: /diagnostics|previous_message_id/, fields: ['diagnostics'] },
  { words: /\beffort\b|output_config/, fields: ['effort'] },
  { words: /\bthinking\b|budget_tokens/, fields: ['thinking'] },
  { words: /anthropic-beta|beta header/, fields: ['block_binding'] },
];
const CACHE: readonly OptionalField[] = ['cache_control'];
const CACHE_TTL: readonly OptionalField[] = ['cache_ttl', 'cache_control'];
const FIELD_STARTS = new Set([
  'thinking',
  'output_config',
  'diagnostics',
  'anthropic-beta',
  'betas',
  'effort',
]);

/** Tokens; an answer shorter than this is not worth its question. */
const SHORTEST_ANSWER = 256;
const LARGEST_ANSWER = /(?:>|at most|maximum (?:of|is|value)?:?|up to|less than or equal to|<=)\s*`?([\d,]+)/;

/** From "188240 + 21333 > 200000": prompt, answer, window. */
function windowLeft(message: string): number | undefined {
  const prompt = figureIn(message, /([\d,]+)\s*\+\s*[\d,]+\s*>/);
  const window = figureIn(message, /\+\s*[\d,]+\s*>\s*([\d,]+)/);
  return prompt === undefined || window === undefined ? undefined : window - prompt;
}

/** When the part of a field that is meant is not there, the whole field goes. */
function fallbacks(path: readonly string[]): readonly OptionalField[] {
  if (path[0] === 'thinking') return ['thinking'];
  return path[0] === 'output_config' ? ['effort'] : [];
}

function dropFirst(fields: readonly OptionalField[], composed: Refused['composed']): readonly Need[] {
  const field = fields.find((candidate) => carries(composed, candidate));
  return field ? drop(field, composed) : [];
}

function drop(field: OptionalField, composed: Refused['composed']): readonly Need[] {
  return carries(composed, field) ? [{ kind: 'fieldDropped', field }] : [];
}
