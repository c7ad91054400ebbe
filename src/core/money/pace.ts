import type { AssistantTurn, CacheTtl, Conversation } from '../conversation/model.ts';

/**
 * The lifetime to ask for. `auto` goes by the pace of the conversation: one hour once its pauses would have made that
 * the cheaper choice, five minutes otherwise and at the start.
 *
 * Break-even, in units of the input price, with a prefix P that is cached and a part t that each question adds
 * (API docs, prompt caching: a write costs 1.25 for five minutes and 2 for an hour, a read 0.1):
 *
 * | pause until the next question | five minutes | one hour     | an hour saves per P         |
 * | up to 5 min                   | 0.1 P + 1.25 t | 0.1 P + 2 t | -0.75 t/P                   |
 * | up to 60 min                  | 1.25 (P + t)   | 0.1 P + 2 t | 1.15 - 0.75 t/P             |
 * | longer                        | 1.25 (P + t)   | 2 (P + t)   | -0.75 (1 + t/P)             |
 *
 * The savings of all pauses are added up in tokens, so that a pause over a long prefix outweighs one over a short one, older
 * ones fading. The choice changes only when the balance has passed a margin on the other side, so that it does not flap; it
 * depends on nothing but the conversation and the time.
 */
export function chooseTtl(setting: 'auto' | CacheTtl, conversation: Conversation, now: number): CacheTtl {
  return setting === 'auto' ? ttlAfter(pausesOf(conversation, now)) : setting;
}

/**
 * The lifetime to ask for a context pack, which all conversations of a workspace read: by the same rule, over the times (ms
 * since the epoch, oldest first) at which any of them did. A question adds nothing to it.
 */
export function choosePackTtl(setting: 'auto' | CacheTtl, uses: readonly number[], now: number): CacheTtl {
  if (setting !== 'auto') return setting;
  const times = [...uses, now];
  return ttlAfter(
    uses.map((at, index) => ({ pause: Math.max(0, (times[index + 1] ?? now) - at), growth: 0, prefix: 1 })),
  );
}

const MINUTE = 60_000;
const FADING = 0.85;

/** As a share of the prefix. */
const MARGIN = 0.3;

/** What a question adds to a prefix when no bill tells. */
const USUAL_GROWTH = 0.1;

interface Pause {
  /** Ms from the start of one request to the next: that is how the API counts lifetimes. */
  readonly pause: number;
  /** What the next question added, as a share of the prefix. */
  readonly growth: number;
  /** Tokens that were cached when the pause began; one where no bill tells. */
  readonly prefix: number;
}

function ttlAfter(pauses: readonly Pause[]): CacheTtl {
  let balance = 0;
  let choice: CacheTtl = '5m';
  for (const { pause, growth, prefix } of pauses) {
    balance = balance * FADING + savingOf(pause, growth) * prefix;
    if (balance > MARGIN * prefix) choice = '1h';
    else if (balance < -MARGIN * prefix) choice = '5m';
  }
  return choice;
}

function savingOf(pause: number, growth: number): number {
  if (pause <= 5 * MINUTE) return -0.75 * growth;
  if (pause <= 60 * MINUTE) return 1.15 - 0.75 * growth;
  return -0.75 * (1 + growth);
}

/** The pauses between the requests so far, and the one that a request sent now would end. */
function pausesOf({ turns }: Conversation, now: number): readonly Pause[] {
  const answers = turns.filter((turn) => turn.role === 'assistant');
  return answers.map((answer, index) => {
    const next = answers[index + 1];
    const until = next ? startOf(next) : now;
    const pause = Math.max(0, until - startOf(answer));
    return { pause, growth: growthOf(answer, next), prefix: Math.max(1, promptTokens(answer)) };
  });
}

function startOf({ sent, at }: AssistantTurn): number {
  return sent?.at ?? at;
}

function growthOf(answer: AssistantTurn, next: AssistantTurn | undefined): number {
  const prefix = promptTokens(answer);
  const later = next ? promptTokens(next) : 0;
  if (prefix <= 0 || later <= prefix) return USUAL_GROWTH;
  return Math.min(1, (later - prefix) / prefix);
}

function promptTokens({ usage }: AssistantTurn): number {
  return usage ? usage.input + usage.cacheRead + usage.cacheWrite : 0;
}
