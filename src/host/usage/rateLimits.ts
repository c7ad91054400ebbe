import type { RateLimitRow } from '../../core/usageProtocol.ts';

/**
 * The `anthropic-ratelimit-...` headers (API docs, rate limits), given by lower-case name without that start, as
 * one row for each limit: `requests-limit`, `requests-remaining` and `requests-reset` are one. The usual
 * limits come first, others after them by name; what has no such form is left out.
 */
export function rateLimitRows(headers: Readonly<Record<string, string>>): readonly RateLimitRow[] {
  const rows = new Map<string, RateLimitRow>();
  for (const [header, value] of Object.entries(headers)) {
    const [, name = '', part] = /^(.+)-(limit|remaining|reset)$/.exec(header) ?? [];
    const figure = part === 'reset' ? Date.parse(value) : Number(value);
    if (name === '' || value.trim() === '' || !Number.isFinite(figure)) continue;
    const field = part === 'limit' ? 'limit' : part === 'remaining' ? 'remaining' : 'resetsAt';
    rows.set(name, { ...rows.get(name), name, [field]: figure });
  }
  return [...rows.values()].sort(
    (one, other) => placeOf(one.name) - placeOf(other.name) || one.name.localeCompare(other.name),
  );
}

const USUAL = ['requests', 'input-tokens', 'output-tokens', 'tokens'];

function placeOf(name: string): number {
  const place = USUAL.indexOf(name);
  return place < 0 ? USUAL.length : place;
}
