import { questionBlocks } from '../../../src/core/request/request.ts';
import { blocksOf, textOf, type Wire, wires } from '../fakeClaude/wire.ts';
import { renderPack, updatePart } from './pack.ts';
import type { PackFile, SessionScript } from './script.ts';

/** Another way to send the same dialogue: makes a request out of one of Parley's. */
export interface Strategy {
  readonly name: string;
  /** `at` is the position of the question in the script. */
  transform(body: Wire, script: SessionScript, at: number): Wire;
}

/** Nothing is cached. */
export const uncached: Strategy = {
  name: 'no caching',
  transform: (body) => withoutPoints(body),
};

/** Points at the end of the system prompt and of the last two questions, for five minutes: what agents like Cline do. */
export const lastTwoQuestions: Strategy = {
  name: 'points: system, last two questions',
  transform(body) {
    const bare = withoutPoints(body);
    const messages = wires(bare.messages);
    const questions = messages.flatMap(({ role }, at) => (role === 'user' ? [at] : [])).slice(-2);
    return {
      ...bare,
      system: markedLast(blocksOf(bare.system)),
      messages: messages.map((message, at) => (questions.includes(at) ? markedMessage(message) : message)),
    };
  },
};

/**
 * As Aider lays out its prompt: chunks from stable to volatile, each with a point of five minutes at its end. They are
 * the instructions, the files that never change, those that do, the dialogue so far; the newest question has none.
 * The files are rendered as they read now, so a changed one goes out in its place and not with the question.
 */
export const repackedChunks: Strategy = {
  name: 'chunks, packed anew (Aider)',
  transform(body, script, at) {
    const bare = withoutPoints(body);
    const messages = withoutUpdates(wires(bare.messages), script);
    const before = messages.findLastIndex(({ role }) => role === 'assistant');
    return {
      ...bare,
      system: chunksOf(blocksOf(bare.system), script, at),
      messages: messages.map((message, index) => (index === before ? markedMessage(message) : message)),
    };
  },
};

const POINT = { type: 'ephemeral' };

function withoutPoints(body: Wire): Wire {
  return {
    ...body,
    system: blocksOf(body.system).map(bareBlock),
    messages: wires(body.messages).map((message) => ({
      ...message,
      content: blocksOf(message.content).map(bareBlock),
    })),
  };
}

function bareBlock({ cache_control: _, ...block }: Wire): Wire {
  return block;
}

function markedMessage(message: Wire): Wire {
  return { ...message, content: markedLast(blocksOf(message.content)) };
}

function markedLast(blocks: readonly Wire[]): readonly Wire[] {
  const last = blocks.at(-1);
  return last ? blocks.with(-1, { ...last, cache_control: POINT }) : blocks;
}

/** As if it had been known from the start which files are going to change. */
function chunksOf(system: readonly Wire[], script: SessionScript, at: number): readonly Wire[] {
  const packed = renderPack(script.pack);
  const instructions = markedLast(system.filter((block) => textOf(block.text) !== packed));
  if (script.pack.length === 0) return instructions;
  const volatile = new Set(script.turns.flatMap(({ edited }) => (edited ? [edited.path] : [])));
  const files = filesAt(script, at);
  const chunks = [
    files.filter(({ path }) => !volatile.has(path)),
    files.filter(({ path }) => volatile.has(path)),
  ];
  const texts = chunks.filter((chunk) => chunk.length > 0).map(renderPack);
  return [...instructions, ...texts.map((text) => ({ type: 'text', text, cache_control: POINT }))];
}

function filesAt({ pack, turns }: SessionScript, at: number): readonly PackFile[] {
  const edits = turns.slice(0, at + 1).flatMap(({ edited }) => (edited ? [edited] : []));
  return pack.map((file) => edits.findLast(({ path }) => path === file.path) ?? file);
}

function withoutUpdates(messages: readonly Wire[], { turns }: SessionScript): readonly Wire[] {
  const updates = new Set(
    turns.flatMap(({ edited }) =>
      edited ? questionBlocks([updatePart(edited)]).map((block) => ('text' in block ? block.text : '')) : [],
    ),
  );
  return messages.map((message) => ({
    ...message,
    content: blocksOf(message.content).filter((block) => !updates.has(textOf(block.text))),
  }));
}
