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
