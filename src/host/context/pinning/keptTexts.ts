import type { Look } from './reading.ts';

/** The texts that were read while looking, as long as there is room. */
export interface KeptTexts {
  /** Keeps the text that was just read, as long as there is room. */
  offer(key: string, look: Look): void;
  /** Tokens of text that will be kept yet. */
  room(): number;
  get(key: string): string | undefined;
}

export function createKeptTexts(mostTokens: number): KeptTexts {
  const texts = new Map<string, string>();
  let room = mostTokens;
  return {
    offer(key, { seen: { finding }, text }) {
      if (text === undefined || finding.reason || finding.tokens > room) return;
      room -= finding.tokens;
      texts.set(key, text);
    },
    room: () => room,
    get: (key) => texts.get(key),
  };
}
