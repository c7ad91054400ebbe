import { withoutAnsi } from './plainText.ts';

/** What one debug session has printed, as far as it is kept. Pure: it is told of the messages of the Debug Adapter Protocol. */
export interface DebugOutput {
  /** A message from the debug adapter. True when it has printed something. */
  take(message: unknown): boolean;
  /** A message to it: what the user has typed is shown in the console, too. */
  asked(message: unknown): void;
  text(): string;
}

/** Characters that are kept of a session; the oldest go first. */
export const MOST_KEPT = 1_000_000;

export function createDebugOutput(): DebugOutput {
  const questions = new Set<number>();
  let pieces: string[] = [];
  let length = 0;

  function print(text: string): boolean {
    pieces.push(text);
    length += text.length;
    // Joined now and then only: a program may print a character at a time.
    if (length > 2 * MOST_KEPT) {
      pieces = [pieces.join('').slice(-MOST_KEPT)];
      length = MOST_KEPT;
    }
    return text !== '';
  }

  return {
    take(message) {
      if (!isFields(message)) return false;
      const { type, event, command, body } = message;
      if (type === 'event' && event === 'output' && isFields(body)) {
        return body.category !== 'telemetry' && typeof body.output === 'string' && print(body.output);
      }
      const isAnswer =
        type === 'response' && command === 'evaluate' && questions.delete(Number(message.request_seq));
      if (!isAnswer) return false;
      const result = isFields(body) ? body.result : message.message;
      return typeof result === 'string' && print(`${result}\n`);
    },
    asked(message) {
      if (!isFields(message) || message.command !== 'evaluate' || !isFields(message.arguments)) return;
      const { context, expression } = message.arguments;
      if (context !== 'repl' || typeof expression !== 'string') return;
      questions.add(Number(message.seq));
      print(`> ${expression}\n`);
    },
    text() {
      const all = pieces.join('');
      const kept = all.slice(-MOST_KEPT);
      // What has lost its start begins with a whole line.
      return withoutAnsi(kept.length < all.length ? kept.slice(kept.indexOf('\n') + 1) : kept);
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
