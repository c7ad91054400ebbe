import { type Chat, questions, until } from '../../e2e/parley.ts';
import type { Window } from '../../support/vscode/window.ts';
import { compare, type Figure } from '../figures.ts';
import type { HttpReader, HttpReading } from '../httpReader.ts';
import type { BenchLab } from '../lab.ts';
import { pressAndSee, type Sighting } from '../page/probe.ts';
import { longAnswer } from '../texts.ts';

const KB = 1024;

/** Characters of the answer and of each delta; the text is ASCII, so they are bytes too. */
const ANSWER = 64 * KB;
const DELTA = 24;

/** How fast the deltas leave the server: `delayMs` before each. */
interface Pace {
  readonly name: string;
  readonly delayMs: number;
  readonly repetitions: number;
}

const PACES: readonly Pace[] = [
  { name: 'as fast as it goes', delayMs: 0, repetitions: 5 },
  { name: 'about one a millisecond', delayMs: 1, repetitions: 3 },
];

interface Runs {
  readonly shown: readonly Sighting[];
  readonly read: readonly HttpReading[];
}

/** A long answer at several paces: from Enter to its end on the screen. */
export async function measureStreaming(
  lab: BenchLab,
  window: Window,
  chat: Chat,
  http: HttpReader,
): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const pace of PACES) figures.push(...figuresOf(pace, await runsAt(pace, lab, window, chat, http)));
  return figures;
}

async function runsAt(
  { delayMs, repetitions }: Pace,
  { claude }: BenchLab,
  window: Window,
  chat: Chat,
  http: HttpReader,
): Promise<Runs> {
  const reply = { text: longAnswer(ANSWER), chunkChars: DELTA, delayMs };
  const done = { selector: '.answer[data-state="done"]', text: '' };
  const shown: Sighting[] = [];
  const read: HttpReading[] = [];
  for (let at = 0; at < repetitions; at += 1) {
    await window.driver.run((vscode) =>
      vscode.commands.executeCommand('parley.newConversation').then(() => null),
    );
    await until('the conversation is empty', async () => (await chat.turns.count()) === 0);
    claude.enqueue(reply);
    shown.push(await pressAndSee(chat.frame, 'Message Claude', 'A long answer, please.', done));
    const request = questions(claude).at(-1);
    if (!request) throw new Error('No question has arrived');
    claude.enqueue(reply);
    read.push(await http.read(request, claude.url));
  }
  return { shown, read };
}

function figuresOf({ name }: Pace, { shown, read }: Runs): readonly Figure[] {
  const area = `Streaming 64 KB in deltas of 24 characters, ${name}`;
  const row = (
    what: string,
    unit: Figure['unit'],
    pick: (one: Sighting) => number,
    yardstick?: { readonly what: string; readonly pick: (one: HttpReading) => number },
  ): Figure =>
    compare(
      area,
      what,
      unit,
      shown.map(pick),
      yardstick && { what: yardstick.what, values: read.map(yardstick.pick) },
    );
  return [
    row('from Enter to the end on the screen', 'ms', (one) => one.paintedAt - one.pressedAt, {
      what: 'plain HTTP read of the same stream',
      pick: (one) => one.endedAt - one.sentAt,
    }),
    row('messages to the page', '', (one) => one.messages, {
      what: 'deltas on the wire',
      pick: (one) => one.deltas,
    }),
    row('size of the messages as JSON', 'KB', (one) => one.bytes / KB, {
      what: 'size of the stream',
      pick: (one) => one.bytes / KB,
    }),
    row('page’s tasks over 50 ms, number', '', (one) => one.longTasks),
    row('page’s tasks over 50 ms, longest', 'ms', (one) => one.longestTask),
    row('page’s tasks over 50 ms, sum', 'ms', (one) => one.longTaskTime),
  ];
}
