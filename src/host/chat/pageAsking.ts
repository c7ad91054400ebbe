import * as vscode from 'vscode';
import type { Part } from '../../core/conversation/parts.ts';
import type { Refusal, Session } from '../../core/conversation/session.ts';
import type { Wish } from '../../core/conversation/wishes.ts';
import type { Draft } from '../../core/protocol.ts';
import { budgetSentence } from '../budgetSentence.ts';
import type { Chats, Hindrance } from '../chats.ts';
import type { DraftStore } from '../storage/draftStore.ts';
import type { Unnumbered } from './outbox.ts';

/** What a page sends off: its draft, or a wish that leaves the draft alone. Nothing is lost when it is held back. */
export interface PageAsking {
  ask(text: string, conversation: string): Promise<void>;
  submit(wish: Wish): Promise<void>;
  /** Sends what a budget has held back. */
  allowOnce(): Promise<void>;
  /** Another conversation is shown: what was held back belonged to the one before. */
  forget(): void;
  /** Whether the draft of this conversation is on its way. */
  isAsking(conversation: string): boolean;
}

export interface PageAskingParts {
  readonly chats: Chats;
  readonly drafts: DraftStore;
  /** Id of the conversation that is shown. */
  readonly id: () => string;
  readonly draft: () => Promise<Draft>;
  /** A draft is another one than before: what was sent is no longer in it. */
  readonly onDraft: (conversation: string, draft: Draft) => void;
  /** The session of a conversation, taken over from another window if need be; undefined when it cannot be. */
  readonly ours: (conversation: string) => Promise<Session | undefined>;
  /** False when no document is there to take the message. */
  readonly post: (message: Unnumbered) => boolean;
  readonly tell: (sentence: string) => void;
  readonly onAsked: (conversation: string) => void;
  readonly refreshQuote: () => void;
}

export function createPageAsking(parts: PageAskingParts): PageAsking {
  const { chats, drafts, id, draft, ours, post, tell } = parts;
  const asking = new Set<string>();
  let held: Wish | undefined;

  async function ask(text: string, conversation: string, allowed: boolean): Promise<void> {
    asking.add(conversation);
    let isSent = false;
    try {
      const unsent = await drafts.change(conversation, (now) => ({ ...now, text, caret: text.length }));
      const current = await ours(conversation);
      const question: readonly Part[] = [
        ...unsent.attachments.map((entry) => entry.part),
        { kind: 'text', text },
      ];
      const wish: Wish = { type: 'ask', parts: question };
      const hindrance = current ? await chats.submit(current, wish, allowed) : ELSEWHERE;
      if (hindrance) return await heldBack(conversation, text, wish, hindrance);
      isSent = true;
      parts.onAsked(conversation);
      // Until the journal has the question its draft is the only copy that outlives a crash.
      await current?.flush();
      parts.onDraft(conversation, await drafts.change(conversation, (now) => without(now, unsent)));
    } catch (error) {
      if (!isSent) await giveBack(conversation, text, '');
      throw error;
    } finally {
      asking.delete(conversation);
    }
  }

  async function heldBack(
    conversation: string,
    text: string,
    wish: Wish,
    hindrance: Hindrance | typeof ELSEWHERE,
  ): Promise<void> {
    const sentence = hindrance.type === 'refused' ? sentenceFor(hindrance.refusal) : '';
    await giveBack(conversation, text, sentence);
    if (conversation !== id()) {
      tell(hindrance.type === 'budget' ? budgetSentence(hindrance.verdict) : sentence);
      return;
    }
    parts.refreshQuote();
    if (hindrance.type === 'budget') hold(wish, hindrance);
  }

  /** The page that has cleared its text box puts the text above what was typed since; where it is gone, that is done here. */
  async function giveBack(conversation: string, text: string, sentence: string): Promise<void> {
    if (conversation === id() && post({ type: 'askRefused', text, sentence })) return;
    await drafts.change(conversation, (now) =>
      now.text === text ? now : { ...now, text: now.text.trim() === '' ? text : `${text}\n\n${now.text}` },
    );
  }

  async function submit(wish: Wish, allowed: boolean): Promise<void> {
    const current = await ours(id());
    const hindrance = current && (await chats.submit(current, wish, allowed));
    if (hindrance?.type === 'refused') tell(sentenceFor(hindrance.refusal));
    if (hindrance?.type === 'budget') hold(wish, hindrance);
  }

  function hold(wish: Wish, { verdict }: Extract<Hindrance, { type: 'budget' }>): void {
    held = wish;
    const sentence = budgetSentence(verdict);
    if (!post({ type: 'budgetReached', sentence, ofDraft: wish.type === 'ask' })) tell(sentence);
  }

  return {
    ask: (text, conversation) => ask(text, conversation, false),
    submit: (wish) => submit(wish, false),
    async allowOnce() {
      const wish = held;
      held = undefined;
      if (wish?.type === 'ask') await ask((await draft()).text, id(), true);
      else if (wish) await submit(wish, true);
    },
    forget() {
      held = undefined;
    },
    isAsking: (conversation) => asking.has(conversation),
  };
}

/** What has come into a draft since it was sent: nothing of it may be lost. */
function without(now: Draft, sent: Draft): Draft {
  const ids = new Set(sent.attachments.map((entry) => entry.id));
  const attachments = now.attachments.filter((entry) => !ids.has(entry.id));
  return now.text === sent.text ? { ...now, text: '', caret: 0, attachments } : { ...now, attachments };
}

const ELSEWHERE = { type: 'refused', refusal: 'elsewhere' } as const;

function sentenceFor(refusal: Refusal | 'elsewhere' | 'looking'): string {
  switch (refusal) {
    case 'busy':
      return vscode.l10n.t('An answer is still arriving. Stop it or wait for its end.');
    case 'empty':
      return vscode.l10n.t('There is nothing to send yet.');
    case 'nothingToRetry':
      return vscode.l10n.t('There is no question to ask again.');
    case 'nothingToContinue':
      return vscode.l10n.t('There is no answer to continue.');
    case 'nothingToEdit':
      return vscode.l10n.t('This question is not part of the conversation any more.');
    case 'cannotCompact':
      return vscode.l10n.t('This conversation cannot be summarized with this model.');
    case 'readOnly':
      return vscode.l10n.t('This conversation is open in another window. Continue it here first.');
    case 'looking':
      return vscode.l10n.t(
        'The pinned files are still being read, so nothing was sent. Ask again in a moment.',
      );
    case 'elsewhere':
      return vscode.l10n.t('This conversation cannot be continued here just now. Your text is kept.');
  }
}
