import type { Frame } from 'playwright-core';
import { type Chat, questions } from '../../e2e/parley.ts';
import type { Window } from '../../support/vscode/window.ts';
import { compare, type Figure } from '../figures.ts';
import type { HttpReader } from '../httpReader.ts';
import type { BenchLab } from '../lab.ts';
import { pressAndSee } from '../page/probe.ts';
import { ECHO } from '../peers.ts';
import { createStamp } from '../stamp.ts';

const REPETITIONS = 12;

/** The first ones load the SDK, open connections and compile; they are not what is felt every time. */
const WARM_UP = 2;

/** The three ways that a question takes here. */
interface Ways {
  readonly chat: Chat;
  /** The page of the echo. */
  readonly echo: Frame;
  readonly http: HttpReader;
}

/** All in ms, without the time that the server took. */
interface Round {
  readonly whole: number;
  /** From the key to the request's last byte at the server, and from its first text to the screen. */
  readonly there: number;
  readonly back: number;
  readonly echo: number;
  readonly http: number;
}

/** From Enter in the composer to the first character of the answer on the screen. */
export async function measureFirstCharacter(
  lab: BenchLab,
  window: Window,
  chat: Chat,
  http: HttpReader,
): Promise<readonly Figure[]> {
  await window.driver.run((vscode) =>
    vscode.commands.executeCommand('parleyBench.openEcho').then(() => null),
  );
  const ways = { chat, http, echo: await window.webview(ECHO).frame() };
  const rounds: Round[] = [];
  let first: Round | undefined;
  for (let at = 0; at < WARM_UP + REPETITIONS; at += 1) {
    const round = await measureRound(lab, at, ways);
    first ??= round;
    if (at >= WARM_UP) rounds.push(round);
  }
  const area = 'Enter to the first painted character, without the server’s time';
  const all = (pick: (round: Round) => number): readonly number[] => rounds.map(pick);
  const least = {
    what: 'echo through a bare webview + plain HTTP',
    values: all((one) => one.echo + one.http),
  };
  return [
    compare(
      area,
      'whole way',
      'ms',
      all((one) => one.whole),
      least,
    ),
    compare(
      area,
      'key to the request at the server',
      'ms',
      all((one) => one.there),
    ),
    compare(
      area,
      'first text at the server to the screen',
      'ms',
      all((one) => one.back),
    ),
    compare(area, 'whole way, first question of a window', 'ms', [first?.whole ?? Number.NaN]),
    compare(
      area,
      'whole way, again',
      'ms',
      all((one) => one.whole),
      { what: 'the echo alone', values: all((one) => one.echo) },
    ),
    compare(
      area,
      'whole way, again',
      'ms',
      all((one) => one.whole),
      { what: 'plain HTTP alone', values: all((one) => one.http) },
    ),
  ];
}

async function measureRound(lab: BenchLab, at: number, { chat, echo, http }: Ways): Promise<Round> {
  const { claude, now } = lab;
  const text = `Marker${at}: the answer to a short question, a few words long.`;
  const sent = createStamp(now);
  claude.enqueue({ text, hold: sent });
  const seen = await pressAndSee(chat.frame, 'Message Claude', `Question ${at}?`, {
    selector: '#app',
    text: `Marker${at}`,
  });
  await chat.answer('done');
  const echoed = await pressAndSee(echo, 'Echo', `Echo ${at}`, { selector: '#answer', text: `Echo ${at}` });
  const request = questions(claude).at(-1);
  if (!request) throw new Error('No question has arrived');
  const sentAgain = createStamp(now);
  claude.enqueue({ text, hold: sentAgain });
  const read = await http.read(request, claude.url);
  const again = questions(claude).at(-1) ?? request;
  const there = request.receivedAt - seen.pressedAt;
  const back = seen.paintedAt - sent.at;
  return {
    whole: there + back,
    there,
    back,
    echo: echoed.paintedAt - echoed.pressedAt,
    http: again.receivedAt - read.sentAt + read.firstTextAt - sentAgain.at,
  };
}
