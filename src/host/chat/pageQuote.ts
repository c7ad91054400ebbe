import type { AskContext } from '../../core/conversation/askContext.ts';
import type { Conversation } from '../../core/conversation/model.ts';
import type { Part } from '../../core/conversation/parts.ts';
import { cacheStateOf, nextRequest, quoteRequest, withQuestion } from '../../core/conversation/quoting.ts';
import { isBlankQuestion, type Session } from '../../core/conversation/session.ts';
import { estimateText } from '../../core/money/estimateText.ts';
import type { Quote } from '../../core/money/money.ts';
import { priceOf } from '../../core/money/prices.ts';
import type { ExactCount } from '../../core/money/tokenCounter.ts';
import type { Clock } from '../../core/ports.ts';
import type { Draft } from '../../core/protocol.ts';
import { checkLimits } from '../../core/request/limits.ts';
import type { ComposedRequest } from '../../core/request/messageRequest.ts';
import type { Asking } from '../asking.ts';
import type { Unnumbered } from './outbox.ts';

/** A draft must rest for so long, in ms, before the API is asked to count it; the page lets it rest as well. */
const REST = 80;
/** A second more for each so many characters: with large files typing must not upload them at every pause. */
const CHARACTERS_A_SECOND = 10_000_000;
const LONGEST_REST = 4000;

/** How long, in ms, a draft must rest before a request of this many characters is sent to be counted. */
export function restFor(characters: number): number {
  return Math.min(LONGEST_REST, REST + (characters / CHARACTERS_A_SECOND) * 1000);
}

/**
 * Keeps the quote in the composer true: an estimate at once, the exact figures when the draft rests. What the API would
 * not take as it stands, as checked before sending, is not counted either and stays an estimate.
 */
export interface PageQuote {
  /** Something that the quote depends on has changed. */
  refresh(): void;
  /** Calls off whatever is on its way. */
  stop(): void;
}

export interface PageQuoteParts {
  readonly asking: Asking;
  readonly clock: Clock;
  readonly session: () => Session;
  readonly draft: () => Promise<Draft>;
  /** What has to be done to a conversation before its next question is quoted. Never rejects. */
  readonly before: (session: Session) => Promise<void>;
  readonly post: (message: Unnumbered) => void;
}

export function createPageQuote(parts: PageQuoteParts): PageQuote {
  const { asking, clock, session, draft, post } = parts;
  let round = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let expiry: ReturnType<typeof setTimeout> | undefined;
  let counting: ExactCount | undefined;

  function stop(): void {
    round++;
    clearTimeout(timer);
    clearTimeout(expiry);
    counting?.cancel();
    counting = undefined;
  }

  function send(of: Quoting, quote: Quote | null): void {
    const now = clock.now();
    const cache = cacheStateOf(of.composed, of.context, now);
    // When the cache goes cold the same question costs more.
    clearTimeout(expiry);
    if (cache.expires !== undefined) expiry = setTimeout(refresh, cache.expires - now + AFTER_EXPIRY);
    post({
      type: 'quoteChanged',
      conversation: of.conversation,
      quote,
      textTokens: estimateText(of.text),
      textLength: of.text.length,
      cache,
    });
  }

  function quote(of: Quoting, tokens: number, exact: boolean): Quote {
    const price = priceOf(asking.prices(), of.composed.request.model);
    return quoteRequest(of.composed, tokens, exact, of.context, price, clock.now());
  }

  async function count(of: Quoting, mine: number): Promise<void> {
    if (!of.context.claude.ok) return;
    if (checkLimits(of.composed, of.asked, of.context.modelInfo).length > 0) return;
    counting = asking.counter.count(of.context.claude.value, of.composed);
    const counted = await counting.tokens;
    if (mine === round && counted.ok) send(of, quote(of, counted.value, true));
  }

  async function work(mine: number): Promise<void> {
    // Nothing is asked here, so nothing is counted either.
    if (session().readOnly) return;
    await parts.before(session());
    if (mine !== round) return;
    const of = await describe(session(), await draft(), asking, clock);
    if (mine !== round || !of) return;
    if (of.isBlank) return send(of, null);
    // Files that are still being looked at will go out too.
    const isPending = of.context.workspace.pending !== undefined;
    const known = isPending ? undefined : asking.counter.known(of.composed);
    send(of, quote(of, known ?? asking.counter.estimate(of.composed), known !== undefined));
    if (known === undefined && !isPending)
      timer = setTimeout(() => void count(of, mine), restFor(lengthOf(of.composed)));
  }

  function refresh(): void {
    stop();
    void work(round);
  }

  return { refresh, stop };
}

/** Ms after which an entry that has expired is surely gone. */
const AFTER_EXPIRY = 100;

/** What is quoted. */
interface Quoting {
  readonly conversation: string;
  readonly text: string;
  readonly isBlank: boolean;
  /** The conversation with the question in it. */
  readonly asked: Conversation;
  readonly composed: ComposedRequest;
  readonly context: AskContext;
}

/** About how many characters go over the wire. */
function lengthOf({ request: { system = [], messages } }: ComposedRequest): number {
  let characters = 0;
  for (const { text } of system) characters += text.length;
  for (const { role, content } of messages) {
    if (role === 'assistant') continue;
    for (const block of content) {
      if (block.type === 'text') characters += block.text.length;
      else if (block.source.type === 'base64') characters += block.source.data.length;
    }
  }
  return characters;
}

/** Undefined while an answer is on its way: what the next question costs depends on it. */
async function describe(
  session: Session,
  { text, attachments }: Draft,
  asking: Asking,
  clock: Clock,
): Promise<Quoting | undefined> {
  const { conversation } = session;
  if (session.busy) return undefined;
  const parts: readonly Part[] = [...attachments.map((entry) => entry.part), { kind: 'text', text }];
  const isBlank = isBlankQuestion(parts);
  if (isBlank && conversation.turns.length === 0) return undefined;
  const context = await asking.contextNow(session);
  const asked = isBlank ? conversation : withQuestion(conversation, parts, context, clock);
  const composed = await nextRequest(asked, context);
  return { conversation: conversation.id, text, isBlank, asked, composed, context };
}
