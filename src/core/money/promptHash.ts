/** A 64-bit hash in two halves: good against accidents, no protection against forgery. */
export interface Hash {
  readonly high: number;
  readonly low: number;
}

/** The hash of nothing; where every chain starts. */
export const START: Hash = { high: 0x6a09e667, low: 0x3c6ef372 };

/**
 * Hash of everything up to and including a block, from the hash of everything before it. Cache markers and fields that
 * are null make no difference, nor does the order of fields; everything else does.
 */
export function chained(before: Hash, role: string, block: object): Hash {
  const own = blockHash(block);
  const state = { ...before };
  mixText(state, role);
  mix(state, own.high);
  mix(state, own.low);
  return finished(state);
}

/** Hash of some short texts, apart from each other. */
export function hashOfTexts(...texts: readonly string[]): Hash {
  const state = { ...START };
  for (const text of texts) mixText(state, text);
  return finished(state);
}

/** A hash in a few letters and digits. */
export function nameOf({ high, low }: Hash): string {
  return high.toString(36).padStart(7, '0') + low.toString(36).padStart(7, '0');
}

/** Blocks never change, so a block's hash holds for as long as it lives. */
const remembered = new WeakMap<object, Hash>();

function blockHash(block: object): Hash {
  const known = remembered.get(block);
  if (known) return known;
  const state = { ...START };
  mixValue(state, block);
  const hash = finished(state);
  remembered.set(block, hash);
  return hash;
}

interface State {
  high: number;
  low: number;
}

function mixValue(state: State, value: unknown): void {
  if (typeof value === 'string') {
    mix(state, 1);
    mixText(state, value);
  } else if (Array.isArray(value)) {
    mix(state, 2);
    mix(state, value.length);
    for (const item of value) mixValue(state, item);
  } else if (typeof value === 'object' && value !== null) {
    mix(state, 3);
    const fields = Object.entries(value).filter(([name, field]) => counts(name, field));
    mix(state, fields.length);
    for (const [name, field] of fields.sort(([one], [other]) => (one < other ? -1 : 1))) {
      mixText(state, name);
      mixValue(state, field);
    }
  } else {
    mix(state, 4);
    mixText(state, String(value));
  }
}

function counts(name: string, field: unknown): boolean {
  return name !== 'cache_control' && field !== null && field !== undefined;
}

function mixText(state: State, text: string): void {
  mix(state, text.length);
  let { high, low } = state;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    high = Math.imul(high ^ unit, 0x2c1b3c6d);
    high = (high << 13) | (high >>> 19);
    low = Math.imul(low + unit, 0x297a2d39);
    low ^= low >>> 15;
  }
  state.high = high;
  state.low = low;
}

function mix(state: State, value: number): void {
  state.high = Math.imul(state.high ^ value, 0x2c1b3c6d);
  state.high = ((state.high << 13) | (state.high >>> 19)) ^ (value >>> 16);
  state.low = Math.imul(state.low + value, 0x297a2d39);
  state.low ^= state.low >>> 15;
}

/** Spreads every bit over both halves. */
function finished({ high, low }: State): Hash {
  const spread = (value: number): number => {
    let mixed = Math.imul(value ^ (value >>> 16), 0x7feb352d);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x5bd1e995);
    return mixed ^ (mixed >>> 16);
  };
  const first = spread(high ^ Math.imul(low, 0x1b873593));
  const second = spread(low ^ Math.imul(first, 0x3ad8025f));
  return { high: first >>> 0, low: second >>> 0 };
}
