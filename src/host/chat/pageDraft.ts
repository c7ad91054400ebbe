import type { Draft, ToHost, Unfinished } from '../../core/protocol.ts';
import { patched } from '../../core/textPatch.ts';
import type { DraftStore } from '../storage/draftStore.ts';
import type { Unnumbered } from './outbox.ts';

/** What the page says of a draft. */
export type DraftWish = Extract<ToHost, { type: 'changeDraft' | 'patchDraft' }>;

/** Keeps what is typed on a page, in whichever conversation it was typed. */
export interface PageDraft {
  change(wish: DraftWish): Promise<void>;
  changeUnfinished(conversation: string, unfinished: Unfinished): Promise<void>;
  dispose(): void;
}

export interface PageDraftParts {
  readonly drafts: DraftStore;
  /** Whether the draft of this conversation is on its way to Claude. */
  readonly isAsking: (conversation: string) => boolean;
  readonly post: (message: Unnumbered) => void;
  readonly refreshQuote: () => void;
}

/** Ms of quiet before a changed text is quoted anew; the page reckons meanwhile. A long text takes longer to be quoted. */
const QUOTE_REST = 100;
const LONG_QUOTE_REST = 1000;
const LONG_TEXT = 100_000;

export function createPageDraft({ drafts, isAsking, post, refreshQuote }: PageDraftParts): PageDraft {
  let quoting: ReturnType<typeof setTimeout> | undefined;

  return {
    async change(wish) {
      // While a question is on its way its text stays the draft: the page has cleared its own already.
      if (wish.type === 'changeDraft' && wish.text === '' && isAsking(wish.conversation)) return;
      let before: string | undefined;
      let isMissed = false;
      const { text } = await drafts.change(wish.conversation, (now) => {
        before = now.text;
        const changed = textAfter(now, wish);
        isMissed = changed === undefined;
        const { caret, revision } = wish;
        return changed === undefined ? now : { ...now, text: changed, caret, revision };
      });
      if (isMissed) post({ type: 'draftAsked' });
      if (before === text) return;
      clearTimeout(quoting);
      quoting = setTimeout(refreshQuote, text.length > LONG_TEXT ? LONG_QUOTE_REST : QUOTE_REST);
    },
    async changeUnfinished(conversation, unfinished) {
      await drafts.change(conversation, ({ unfinished: _, ...now }) =>
        unfinished.editing || unfinished.instructions !== null ? { ...now, unfinished } : now,
      );
    },
    dispose: () => clearTimeout(quoting),
  };
}

/** Undefined when a change does not belong to the text that is here. */
function textAfter(now: Draft, wish: DraftWish): string | undefined {
  if (wish.type === 'changeDraft') return wish.text;
  const isOfThis = now.revision === wish.of && now.text.length === wish.length;
  return isOfThis ? patched(now.text, wish) : undefined;
}
