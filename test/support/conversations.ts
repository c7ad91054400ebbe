import { type ChatEvent, emptyConversation, reduceAll } from '../../src/core/conversation/events.ts';
import type { AssistantTurn, Conversation, Usage, UserTurn } from '../../src/core/conversation/model.ts';
import type { CodePart, ImagePart, Part } from '../../src/core/conversation/parts.ts';
import type { Random } from './random.ts';

export const NO_USAGE: Usage = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0 };

export function question(id: string, parent: string | null, ...parts: readonly (Part | string)[]): UserTurn {
  const all = parts.map((part): Part => (typeof part === 'string' ? { kind: 'text', text: part } : part));
  return { role: 'user', id, parent, at: 1, parts: all };
}

export function openAnswer(id: string, parent: string | null): AssistantTurn {
  const model = { id: 'claude-sonnet-5-5', name: 'Claude Sonnet 5.5' };
  return { role: 'assistant', id, parent, at: 2, model, state: 'streaming', blocks: [] };
}

export function code(text: string, more: Partial<CodePart> = {}): CodePart {
  const place = { path: 'src/a.ts', uri: 'file:///w/src/a.ts', languageId: 'typescript' };
  return { kind: 'code', ...place, startLine: 1, endLine: 2, unsaved: false, text, ...more };
}

/** An image whose bytes are called after their hash. */
export function image(sha256: string, label = 'shot.png'): ImagePart {
  const source = {
    type: 'stored',
    sha256,
    mediaType: 'image/png',
    bytes: 100,
    width: 30,
    height: 20,
  } as const;
  return { kind: 'image', label, source };
}

/** The events of one answer: a signed thought, then text in two pieces, then its end. */
export function answerEvents(turn: string, parent: string, text: string): readonly ChatEvent[] {
  const half = Math.floor(text.length / 2);
  return [
    { type: 'turnAdded', turn: openAnswer(turn, parent) },
    { type: 'answerStarted', turn, messageId: `msg_${turn}`, usage: NO_USAGE },
    { type: 'blockStarted', turn, index: 0, block: { type: 'thinking', thinking: '', signature: '' }, at: 3 },
    { type: 'thinkingGrew', turn, index: 0, text: 'Let me see.' },
    { type: 'blockChanged', turn, index: 0, delta: { type: 'signature_delta', signature: `sig-${turn}` } },
    { type: 'blockEnded', turn, index: 0, at: 4 },
    { type: 'blockStarted', turn, index: 1, block: { type: 'text', text: '' }, at: 4 },
    { type: 'textGrew', turn, index: 1, text: text.slice(0, half) },
    { type: 'textGrew', turn, index: 1, text: text.slice(half) },
    { type: 'blockEnded', turn, index: 1, at: 5 },
    {
      type: 'turnEnded',
      turn,
      state: 'done',
      at: 6,
      stopReason: 'end_turn',
      usage: { ...NO_USAGE, output: 9 },
    },
  ];
}

/** A conversation of some questions and answers, for tests that need no particular one. */
export function conversationOf(...texts: readonly string[]): Conversation {
  return reduceAll(emptyConversation('c1', 1), eventsOf(texts));
}

export function eventsOf(texts: readonly string[]): readonly ChatEvent[] {
  let parent: string | null = null;
  return texts.flatMap((text, at) => {
    const asked = question(`q${at}`, parent, text);
    parent = `a${at}`;
    return [
      { type: 'turnAdded', turn: asked },
      ...answerEvents(`a${at}`, `q${at}`, `Answer to ${text}`),
    ] as const;
  });
}

/** Random but well-formed events: questions, answers that end in every way, branches, other models. */
export function randomEvents(random: Random, rounds: number): readonly ChatEvent[] {
  const events: ChatEvent[] = [];
  let parent: string | null = null;
  for (let round = 0; round < rounds; round++) {
    const asked = `q${round}`;
    const answer = `a${round}`;
    const parts: Part[] = [{ kind: 'text', text: `${random.text(40)}?` }];
    if (random.below(3) === 0) parts.unshift(code(`${random.text(60)};`));
    events.push({ type: 'turnAdded', turn: { role: 'user', id: asked, parent, at: round, parts } });
    const whole = answerEvents(answer, asked, `${random.text(80)}.`);
    const cut = random.below(4) === 0 ? 1 + random.below(whole.length - 1) : whole.length;
    events.push(...whole.slice(0, cut));
    if (cut < whole.length) {
      const state = random.pick(['stopped', 'failed', 'interrupted'] as const);
      events.push({ type: 'turnEnded', turn: answer, state, at: round });
    }
    if (random.below(5) === 0) events.push({ type: 'renamed', title: random.text(20) });
    parent = random.below(6) === 0 && round > 0 ? `a${random.below(round)}` : answer;
  }
  return events;
}
