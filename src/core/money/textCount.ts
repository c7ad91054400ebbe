import type { MessageRequest } from '../request/messageRequest.ts';

/**
 * Counting the tokens of texts with few requests. The API counts prompts, so the tokens of a text are those of a message
 * that holds it less those of the frame around it, which two counts of one-token messages tell.
 */

/** A text to be counted. */
export interface CountItem {
  /** Tokens as reckoned here. */
  readonly estimate: number;
  /** Size in bytes, as UTF-8. */
  readonly bytes: number;
}

/** Texts that are counted with one request, by their places in the list. */
export type Bundle = readonly number[];

/** So many texts are counted one by one. */
export const MOST_SINGLE = 12;

/** More texts are counted in so many requests; with bundles the frame takes a count more. */
export const MOST_BUNDLES = 11;

/** Bytes of text in one request; the API takes 32 MB of JSON, and every character may need escaping. */
export const MOST_BYTES = 8_000_000;

/**
 * Which texts are counted together: each by itself while they are few, else in bundles of about the same size. Texts
 * of 0 bytes need no request. What does not fit is in no bundle: single texts that are too large, and what is too much
 * for all requests together.
 */
export function bundlesOf(items: readonly CountItem[]): readonly Bundle[] {
  const sendable = items.flatMap(({ bytes }, at) => (bytes > 0 && bytes <= MOST_BYTES ? [at] : []));
  if (sendable.length <= MOST_SINGLE) return sendable.map((at) => [at]);
  const bundles = Array.from({ length: MOST_BUNDLES }, () => ({ bytes: 0, places: [] as number[] }));
  const bytesOf = (at: number): number => items[at]?.bytes ?? 0;
  // The largest first, each to the emptiest bundle: so they come out alike.
  for (const at of sendable.sort((one, other) => bytesOf(other) - bytesOf(one) || one - other)) {
    const emptiest = bundles.reduce((least, bundle) => (bundle.bytes < least.bytes ? bundle : least));
    if (emptiest.bytes + bytesOf(at) > MOST_BYTES) continue;
    emptiest.bytes += bytesOf(at);
    emptiest.places.push(at);
  }
  return bundles.filter(({ places }) => places.length > 0).map(({ places }) => places);
}

/** The request whose prompt is counted: one message, a block for each text. Empty texts must not be among them. */
export function textRequest(model: string, texts: readonly string[]): MessageRequest {
  return {
    model,
    max_tokens: 1,
    messages: [{ role: 'user', content: texts.map((text) => ({ type: 'text', text })) }],
  };
}

/** Tokens that a prompt has besides its texts. */
export interface Frame {
  /** Of the message around them. */
  readonly message: number;
  /** Of each text block after the first. */
  readonly block: number;
}

/** The texts of the requests that tell the frame. */
export const FRAME_TEXTS: readonly [readonly string[], readonly string[]] = [['a'], ['a', 'a']];

/** The frame, from the counts of `FRAME_TEXTS`: of one text of one token, and of two. */
export function frameOf(one: number, two: number): Frame {
  return { message: Math.max(0, one - 1), block: Math.max(0, two - one - 1) };
}

/** Tokens of the texts of a request that was counted; never less than nothing. */
export function tokensInside(counted: number, texts: number, { message, block }: Frame): number {
  return Math.max(0, counted - message - block * Math.max(0, texts - 1));
}

/**
 * Shares a sum out in proportion to the estimates, in whole tokens that add up to it exactly. The largest remainders are
 * rounded up, earlier ones first; without any estimate all get the same.
 */
export function shareOut(sum: number, estimates: readonly number[]): readonly number[] {
  const total = estimates.reduce((all, estimate) => all + estimate, 0);
  const exact = estimates.map((estimate) => (total > 0 ? (sum * estimate) / total : sum / estimates.length));
  const shares = exact.map(Math.floor);
  const missing = sum - shares.reduce((all, share) => all + share, 0);
  const byRemainder = exact
    .map((share, at) => ({ at, remainder: share - Math.floor(share) }))
    .sort((one, other) => other.remainder - one.remainder || one.at - other.at);
  for (const { at } of byRemainder.slice(0, missing)) shares[at] = (shares[at] ?? 0) + 1;
  return shares;
}

/** How far an estimate is from the exact figure, as a part of it: -0.036 for 3.6 % less. 0 when both are 0. */
export function errorOf(estimate: number, exact: number): number {
  return exact === 0 ? Math.sign(estimate) : (estimate - exact) / exact;
}
