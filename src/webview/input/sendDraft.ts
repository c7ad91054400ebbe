import type { ToHost } from '../../core/protocol.ts';
import { patchBetween } from '../../core/textPatch.ts';
import type { DraftText } from '../state.ts';

/** Tells the host of a draft, as briefly as it can. */
export interface SendDraft {
  (conversation: string, draft: DraftText): void;
  /** The host has this text, or, when none is given, no text that is known. */
  knows(conversation: string, draft?: DraftText): void;
}

/** From this length on (UTF-16 units) only the change is sent. */
const LONG_TEXT = 10_000;

export function createSendDraft(send: (wish: ToHost) => void): SendDraft {
  let known: { readonly conversation: string; readonly draft: DraftText } | undefined;
  const sendDraft = (conversation: string, draft: DraftText): void => {
    const base = known?.conversation === conversation ? known.draft : undefined;
    send((base && patchOf(conversation, base, draft)) ?? { type: 'changeDraft', conversation, ...draft });
    known = { conversation, draft };
  };
  return Object.assign(sendDraft, {
    knows: (conversation: string, draft?: DraftText) => {
      known = draft && { conversation, draft };
    },
  });
}

/** Undefined where the whole text is not much longer than its change. */
function patchOf(conversation: string, before: DraftText, after: DraftText): ToHost | undefined {
  if (after.text.length < LONG_TEXT) return undefined;
  const patch = patchBetween(before.text, after.text);
  if (patch.text.length > after.text.length / 2) return undefined;
  const { caret, revision } = after;
  const of = { of: before.revision, length: before.text.length };
  return { type: 'patchDraft', conversation, caret, revision, ...of, ...patch };
}
