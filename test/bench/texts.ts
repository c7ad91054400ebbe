import { createRandom } from '../support/random.ts';

/** A stretch of an answer as Claude writes them: a heading, text, a list, code, a table. ASCII only. */
const STRETCH = `## A part of the answer

The function reads the file **once** and keeps what it needs in a \`Map\`; asking again costs nothing. What is left is the
question of *when* to forget, which a [weak reference](https://example.com/weak) would answer at the price of surprises.

- First, read the file and split it into lines.
- Then look at each line:
  1. skip it when it is empty,
  2. else remember where it started.

\`\`\`ts
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\\n'); at >= 0; at = text.indexOf('\\n', at + 1)) starts.push(at + 1);
  return starts;
}
\`\`\`

| case | before | after |
| --- | ---: | ---: |
| short file | 12 | 3 |
| long file | 480 | 51 |

`;

/** An answer in Markdown of exactly this many characters. */
export function longAnswer(length: number): string {
  return STRETCH.repeat(Math.ceil(length / STRETCH.length)).slice(0, length);
}

/** Endless plain text of 20,000 made-up words, the first of them often and the last rarely, as in any language; the same each time. */
export function createProse(seed: number): (words: number) => string {
  const random = createRandom(seed);
  return (words) => {
    const said = Array.from({ length: words }, () => wordAt(Math.floor(WORDS ** random.next()) - 1));
    return `${said.join(' ')}.`;
  };
}

/** The made-up word of this rank, from 0. */
export function wordAt(rank: number): string {
  let word = '';
  for (let left = rank + SYLLABLES.length; left > 0; left = Math.floor(left / SYLLABLES.length)) {
    word += SYLLABLES[left % SYLLABLES.length];
  }
  return word;
}

const WORDS = 20_000;

const SYLLABLES = 'ba ce di fo gu la me ni po ru sa te vi zo ku ra le mi no su'.split(' ');
