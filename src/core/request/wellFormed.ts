/**
 * The text with each lone surrogate replaced by U+FFFD. The API takes no half of a pair anywhere in a body, so a
 * single one (a selection cut through an emoji) would make every later request of a conversation fail.
 */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}
