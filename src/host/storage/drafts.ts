import type { DraftAttachment, PictureOrigin } from '../../core/attaching.ts';
import type { Draft, Unfinished } from '../../core/protocol.ts';

/** What is typed of a draft, as its file has it. Those of the first version had their attachments in the same file. */
export type TypedDraft = Draft;
export type AttachedDraft = Draft['attachments'];

/** What several windows wrote, or what could be read late, and what has come `since`: nothing of it is lost. */
export function joined(
  typed: readonly TypedDraft[],
  attached: readonly AttachedDraft[],
  since: Draft | undefined,
): Draft {
  const all = since ? [since, ...typed] : typed;
  const first = all[0] ?? NOTHING;
  const { attachments: _, ...words } = all.slice(1).reduce(withWords, first);
  const lists = attached.length > 0 ? attached : typed.map(({ attachments }) => attachments);
  const attachments = [...lists, ...(since ? [since.attachments] : [])].reduce(withMissing, NONE);
  return { ...words, attachments };
}

const NONE: AttachedDraft = [];
const NOTHING: Draft = { text: '', caret: 0, attachments: NONE };

/** A text that the other one holds is not repeated: it was an earlier state of it. */
function withWords(one: TypedDraft, other: TypedDraft): TypedDraft {
  const unfinished = one.unfinished ?? other.unfinished;
  const more = {
    revision: Math.max(one.revision ?? 0, other.revision ?? 0),
    ...(unfinished ? { unfinished } : {}),
  };
  if (one.text.includes(other.text)) return { ...one, ...more };
  if (other.text.includes(one.text)) return { ...other, ...more };
  return { ...one, ...more, text: `${one.text}\n\n${other.text}` };
}

/** The same list when nothing is added. */
function withMissing(list: AttachedDraft, more: AttachedDraft): AttachedDraft {
  if (list.length === 0) return more;
  const missing = more.filter(({ id }) => list.every((entry) => entry.id !== id));
  return missing.length === 0 ? list : [...list, ...missing];
}

/** What is broken is empty. */
export function decodeTyped(content: string): TypedDraft {
  const value = parsed(content);
  const { text, caret, revision, attachments, unfinished } = (
    typeof value === 'object' && value !== null ? value : {}
  ) as Partial<Record<keyof Draft, unknown>>;
  const sound = decodeUnfinished(unfinished);
  return {
    text: typeof text === 'string' ? text : '',
    caret: typeof caret === 'number' ? caret : 0,
    ...(typeof revision === 'number' ? { revision } : {}),
    attachments: decodeList(attachments),
    ...(sound ? { unfinished: sound } : {}),
  };
}

export function decodeAttached(content: string): AttachedDraft {
  return decodeList(parsed(content));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function decodeUnfinished(value: unknown): Unfinished | undefined {
  const { editing, instructions } = (value ?? {}) as Partial<Record<keyof Unfinished, unknown>>;
  const { turn, text } = (editing ?? {}) as Readonly<Record<string, unknown>>;
  const edited = typeof turn === 'string' && typeof text === 'string' ? { turn, text } : null;
  const instructed = typeof instructions === 'string' ? instructions : null;
  return edited || instructed !== null ? { editing: edited, instructions: instructed } : undefined;
}

function decodeList(list: unknown): AttachedDraft {
  return Array.isArray(list) ? list.filter(isAttachment).map(withSoundOrigin) : NONE;
}

/** What is broken beside a picture costs only the knowledge whether its file has changed. */
function withSoundOrigin(attachment: DraftAttachment): DraftAttachment {
  const { origin, ...rest } = attachment;
  if (origin === undefined) return attachment;
  const { uri, sha256, bytes } = (origin ?? {}) as Partial<Record<keyof PictureOrigin, unknown>>;
  const isSound = typeof uri === 'string' && typeof sha256 === 'string' && typeof bytes === 'number';
  return isSound ? attachment : rest;
}

function isAttachment(value: unknown): value is DraftAttachment {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('part' in value)) return false;
  const { part } = value;
  return typeof value.id === 'string' && typeof part === 'object' && part !== null && 'kind' in part;
}
