import { isWire, textOf, type Wire, wireOf } from '../wire.ts';

/** A small value that satisfies a JSON schema; strings are `text`. Covers what structured outputs allow. */
export function sampleOf(schema: Wire, text: string): unknown {
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const variants = [schema.anyOf, schema.oneOf, schema.allOf].find(Array.isArray);
  if (variants) return sampleOf(wireOf(variants[0]), text);
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object': {
      const required = Array.isArray(schema.required) ? schema.required.map(textOf) : [];
      const properties = Object.entries(wireOf(schema.properties)).filter(([name]) =>
        required.includes(name),
      );
      return Object.fromEntries(
        properties.map(([name, value]) => [name, sampleOf(isWire(value) ? value : {}, text)]),
      );
    }
    case 'array':
      return Number(schema.minItems ?? 0) > 0 ? [sampleOf(wireOf(schema.items), text)] : [];
    case 'number':
    case 'integer':
      return Number(schema.minimum ?? 0);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return text;
  }
}
