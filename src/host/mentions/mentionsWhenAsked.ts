import type { FileList } from './fileList.ts';
import type { MentionParts, Mentions } from './mentionParts.ts';
import { createRecentEditors } from './recentEditors.ts';

/**
 * What `@` offers, loaded with the first `@`: finding and ranking names is half of what attaching weighs. Which editors were looked
 * at before counts all the same.
 */
export function mentionsWhenAsked(parts: MentionParts, files: FileList): Mentions {
  const recent = createRecentEditors();
  let loaded: Mentions | undefined;
  let loading: Promise<Mentions> | undefined;
  let isOver = false;

  async function load(): Promise<Mentions> {
    const { createMentions } = await import('./mentions.ts');
    const made = createMentions(parts, files, undefined, recent);
    loaded = made;
    if (isOver) made.dispose();
    return made;
  }

  function mentions(): Promise<Mentions> {
    loading ??= load();
    return loading;
  }

  return {
    find: async (query) => (await mentions()).find(query),
    findLate: async (query) => (await mentions()).findLate(query),
    take: async (id) => (await mentions()).take(id),
    uriOf: (id) => loaded?.uriOf(id),
    dispose() {
      isOver = true;
      if (loaded) loaded.dispose();
      else {
        files.dispose();
        recent.dispose();
      }
    },
  };
}
