import type { Failure } from '../conversation/model.ts';

/** What a refusal says about the request. */
export interface Complaint {
  readonly code: string;
  /** In lower case. */
  readonly message: string;
  /** The places it names, as segments: `['messages', '0', 'content', '1']`. */
  readonly paths: readonly (readonly string[])[];
  /** Those of them that lie in the messages. */
  readonly places: readonly Place[];
}

/** A message of a request, or one of its blocks, by position. */
export interface Place {
  readonly message: number;
  readonly block?: number;
  /** What follows, for instance `['source', 'media_type']`. */
  readonly rest: readonly string[];
}

/**
 * Reads a refusal. The API gives places in its details or at the start of its sentence; gateways that pass its
 * sentence on put their own words around it.
 */
export function complaintOf({ code = '', message = '', paths = [] }: Failure): Complaint {
  const atStart = pathAtStart(message);
  const inMessage = OWN_FIELDS.test(atStart ?? '') ? atStart : (pathWithin(message) ?? atStart);
  const named = paths.length > 0 ? paths : inMessage === undefined ? [] : [inMessage];
  const split = named.map(segmentsOf);
  return {
    code,
    message: message.toLowerCase(),
    paths: split,
    places: split.flatMap((path) => placeOf(path) ?? []),
  };
}

/** The whole number in a sentence that this pattern captures, thousands separators allowed. */
export function figureIn(message: string, pattern: RegExp): number | undefined {
  const digits = pattern.exec(message)?.[1]?.replaceAll(/[,_]/g, '');
  const figure = digits === undefined ? Number.NaN : Number(digits);
  return Number.isSafeInteger(figure) ? figure : undefined;
}

/** Fields that a path of the API begins with; what else stands before a colon may be a gateway's own word. */
const OWN_FIELDS =
  /^(messages|system|thinking|output_config|diagnostics|max_tokens|cache_control|compaction|context_management|model|betas|anthropic-beta)\b/;

function pathAtStart(message: string): string | undefined {
  return /^([a-z][\w-]*(?:\.[\w-]+|\[\d+\])*)\s*:/i.exec(message)?.[1];
}

function pathWithin(message: string): string | undefined {
  return /messages(?:\.\d+|\[\d+\])(?:\.[\w-]+|\[\d+\])*/i.exec(message)?.[0];
}

function segmentsOf(path: string): readonly string[] {
  return path
    .toLowerCase()
    .split(/[.[\]]+/)
    .filter((segment) => segment !== '');
}

function placeOf(path: readonly string[]): Place | undefined {
  const at = path.indexOf('messages');
  const message = indexIn(path[at + 1]);
  if (at < 0 || message === undefined) return undefined;
  const block = path[at + 2] === 'content' ? indexIn(path[at + 3]) : undefined;
  return block === undefined
    ? { message, rest: path.slice(at + 2) }
    : { message, block, rest: path.slice(at + 4) };
}

function indexIn(segment: string | undefined): number | undefined {
  return segment !== undefined && /^\d+$/.test(segment) ? Number(segment) : undefined;
}
