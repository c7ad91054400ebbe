/** Names under which something lies in the storage. Nothing else that comes from outside ever becomes part of a path. */

/** True for what may be the id of a conversation. */
export function isConversationId(id: string): boolean {
  return /^[A-Za-z0-9-]{1,64}$/.test(id);
}

/** True for the name of an attachment: a SHA-256, hexadecimal. */
export function isHash(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name);
}

/** Everything in a text that can be the name of an attachment, whatever it stands in, each once. */
export function hashesIn(text: string): readonly string[] {
  return [...new Set(Array.from(text.matchAll(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g), ([hash]) => hash))];
}
