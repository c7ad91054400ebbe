import type { Translate } from '../core/failure.ts';

/**
 * Makes the page's `t` from the bundle the host put on the page: JSON, English message to translation.
 * Without a bundle, or with one that cannot be read, the page speaks English.
 */
export function createTranslate(bundle: string | undefined): Translate {
  const translations = readBundle(bundle);
  return (message, ...args) => fill(translations.get(message) ?? message, args);
}

function readBundle(bundle: string | undefined): ReadonlyMap<string, string> {
  try {
    const parsed: unknown = JSON.parse(bundle || '{}');
    if (typeof parsed !== 'object' || parsed === null) return new Map();
    return new Map(Object.entries(parsed).filter((entry): entry is [string, string] => isText(entry[1])));
  } catch {
    return new Map();
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function fill(message: string, args: readonly (string | number)[]): string {
  return message.replace(/\{(\d+)\}/g, (place, index: string) => String(args[Number(index)] ?? place));
}
