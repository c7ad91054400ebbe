import type { ModelChoice } from '../../../src/core/conversation/model.ts';
import type { ImagePart, Part } from '../../../src/core/conversation/parts.ts';
import { createRandom, type Random } from '../random.ts';
import { updatePart } from './pack.ts';
import { picture } from './pictures.ts';
import type { PackFile, ScriptedTurn, ScriptOptions, SessionScript } from './script.ts';
import { answer, edited, prose, sourceCode } from './writing.ts';

/** Questions about code, some with a piece of it attached, 1 to 3 minutes apart. */
export function codeChat({ turns = 20, seed = 1 }: ScriptOptions = {}): SessionScript {
  const random = createRandom(seed);
  return session(
    `${turns} turns about code`,
    random,
    listOf(turns, () => codeTurn(random)),
  );
}

/** The same beside a pack in the system prompt, of which a file changes at every third turn. */
export function packedChat(options: ScriptOptions = {}): SessionScript {
  const { turns = 20, packTokens = 100_000, seed = 2 } = options;
  const random = createRandom(seed);
  const count = Math.max(6, Math.round(packTokens / FILE_TOKENS));
  const pack = listOf(count, (at): PackFile => {
    return { path: `src/part${at}.ts`, text: sourceCode(random, (packTokens / count) * TOKEN_CHARS) };
  });
  const files = new Map(pack.map((file) => [file.path, file]));
  const scripted = listOf(turns, (at): ScriptedTurn => {
    const turn = codeTurn(random);
    const file = files.get(`src/part${random.below(3)}.ts`);
    if (at % 3 !== 2 || !file) return turn;
    const newest = { ...file, text: edited(random, file.text) };
    files.set(file.path, newest);
    return { ...turn, edited: newest };
  });
  return {
    ...session(`${turns} turns, ${packTokens / 1000}k tokens of files, edits`, random, scripted),
    pack,
  };
}

/** Many short questions, 20 to 90 seconds apart. */
export function shortChat({ turns = 200, seed = 3 }: ScriptOptions = {}): SessionScript {
  const random = createRandom(seed);
  const scripted = listOf(
    turns,
    (): ScriptedTurn => ({
      pause: between(random, 20_000, 90_000),
      model: SONNET,
      parts: [text(prose(random, between(random, 20, 120)))],
      reply: {
        text: answer(random, between(random, 50, 400)),
        ...(random.below(3) === 0 ? { thinking: prose(random, 200) } : {}),
      },
    }),
  );
  return session(`${turns} short turns`, random, scripted);
}

/** Another model from the middle on. */
export function switchedChat({ turns = 20, seed = 4 }: ScriptOptions = {}): SessionScript {
  const random = createRandom(seed);
  const scripted = listOf(turns, (at): ScriptedTurn => {
    return { ...codeTurn(random), model: at < turns / 2 ? SONNET : OPUS };
  });
  return session(`${turns} turns, another model half-way`, random, scripted);
}

/** Pauses from 2 to 40 minutes, short ones as often as their logarithm says. */
export function slowChat({ turns = 20, seed = 5 }: ScriptOptions = {}): SessionScript {
  const random = createRandom(seed);
  const scripted = listOf(turns, (): ScriptedTurn => {
    return { ...codeTurn(random), pause: Math.round(2 * MINUTE * 20 ** random.next()) };
  });
  return session(`${turns} turns, 2 to 40 minutes apart`, random, scripted);
}

/** Pictures in every fourth turn. */
export function picturedChat({ turns = 20, seed = 6 }: ScriptOptions = {}): SessionScript {
  const random = createRandom(seed);
  const images = new Map<string, string>();
  const scripted = listOf(turns, (at): ScriptedTurn => {
    const turn = codeTurn(random);
    if (at % 4 !== 3) return turn;
    const { part, sha256, data } = picture(between(random, 300, 3_000), between(random, 200, 1_900));
    images.set(sha256, data);
    return { ...turn, parts: [part, ...turn.parts] };
  });
  const script = session(`${turns} turns, some with pictures`, random, scripted);
  return { ...script, images: Object.fromEntries(images) };
}

/** A picture that the API fetches itself, early on. */
export function linkedChat({ turns = 20, seed = 7 }: ScriptOptions = {}): SessionScript {
  const random = createRandom(seed);
  const url = 'https://example.com/diagram.png';
  const linked: ImagePart = { kind: 'image', label: url, source: { type: 'url', url } };
  const scripted = listOf(turns, (at): ScriptedTurn => {
    const turn = codeTurn(random);
    return at === 2 ? { ...turn, parts: [linked, ...turn.parts] } : turn;
  });
  return session(`${turns} turns, a picture by address`, random, scripted);
}

const MINUTE = 60_000;
const FILE_TOKENS = 2_000;

/** Characters of source code to a token, as the simulated API counts. */
const TOKEN_CHARS = 3.5;

const SONNET: ModelChoice = { id: 'claude-sonnet-5-5', name: 'Claude Sonnet 5.5' };
const OPUS: ModelChoice = { id: 'claude-opus-5-5', name: 'Claude Opus 5.5' };

function session(name: string, random: Random, turns: readonly ScriptedTurn[]): SessionScript {
  return { name, instructions: prose(random, 4_000), pack: [], turns, images: {} };
}

/** Lengths as they are in chats about code: a paragraph or two, half of them with code, answers of half a page to two. */
function codeTurn(random: Random): ScriptedTurn {
  const parts: Part[] = [text(prose(random, between(random, 40, 500)))];
  if (random.below(5) < 2) {
    const file = { path: 'src/main.ts', text: sourceCode(random, between(random, 800, 4_000)) };
    parts.unshift(updatePart(file));
  }
  const thinks = random.below(5) > 0;
  return {
    pause: between(random, MINUTE, 3 * MINUTE),
    model: SONNET,
    parts,
    reply: {
      text: answer(random, between(random, 500, 4_000)),
      ...(thinks ? { thinking: prose(random, between(random, 200, 3_000)) } : {}),
    },
  };
}

function text(words: string): Part {
  return { kind: 'text', text: words };
}

/** A whole number of this range, both ends included. */
function between(random: Random, least: number, most: number): number {
  return least + random.below(most - least + 1);
}

function listOf<T>(length: number, make: (at: number) => T): readonly T[] {
  return Array.from({ length }, (_, at) => make(at));
}
