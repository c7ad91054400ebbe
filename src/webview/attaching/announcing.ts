import type { Translate } from '../../core/failure.ts';
import { say } from '../changes.ts';
import type { Store } from '../store.ts';
import { partLabel } from '../view/parts.ts';

/** Tells screen readers what has come to the attachments of the conversation shown. */
export function announceAttached(store: Store, t: Translate): void {
  store.watch(({ chat }, { chat: before }) => {
    if (!chat || chat.conversation.id !== before?.conversation.id) return;
    if (chat.attachments === before.attachments) return;
    const known = new Set(before.attachments.map(({ id }) => id));
    const added = chat.attachments.filter(({ id }) => !known.has(id));
    const [first] = added;
    if (!first) return;
    const sentence =
      added.length === 1
        ? t('{0} attached', partLabel(first.part))
        : t('{0} attachments added', added.length);
    store.change((now) => say(now, sentence));
  });
}
