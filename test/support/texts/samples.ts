import { readdirSync, readFileSync } from 'node:fs';

/** A text in one programming or human language, 2 to 4 KB, written for this folder. */
export interface SampleText {
  readonly language: string;
  readonly text: string;
}

const FOLDER = new URL('.', import.meta.url);

/** Ten programming and ten human languages, by name. The weights of the estimate were fitted to other texts. */
export const SAMPLE_TEXTS: readonly SampleText[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.txt'))
  .sort()
  .map((name) => ({
    language: name.slice(0, -'.txt'.length),
    text: readFileSync(new URL(name, FOLDER), 'utf8'),
  }));

/** The place about 60 % into a text at which a word ends, or a character where words have no blanks. */
export function cutNear60(text: string): number {
  const from = Math.floor(text.length * 0.6);
  const blank = text.indexOf(' ', from);
  return blank < 0 || blank > from + 80 ? from : blank;
}
