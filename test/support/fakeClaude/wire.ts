/** A JSON object as it came over the wire: nothing about its fields is known yet. */
export type Wire = Readonly<Record<string, unknown>>;

export function isWire(value: unknown): value is Wire {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The list of objects in `value`; what is not an object is left out, what is not a list is an empty one. */
export function wires(value: unknown): readonly Wire[] {
  return Array.isArray(value) ? value.filter(isWire) : [];
}

/** The object in `value`, or an empty one, so that fields can be read without asking twice. */
export function wireOf(value: unknown): Wire {
  return isWire(value) ? value : {};
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Content in its long form: a string is one text block. */
export function blocksOf(content: unknown): readonly Wire[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : wires(content);
}

/** The same value without any `cache_control`: markers are no part of what the model reads. */
export function withoutMarkers(block: Wire): Wire {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(block)) {
    if (key === 'cache_control') continue;
    kept[key] = Array.isArray(value)
      ? value.map((item: unknown) => (isWire(item) ? withoutMarkers(item) : item))
      : value;
  }
  return kept;
}
