/** SHA-256 of bytes, hexadecimal: the name under which the attachment store keeps them. */
export async function sha256Of(bytes: Uint8Array): Promise<string> {
  const { buffer, byteOffset, byteLength } = bytes;
  // Only memory that is shared with other threads has to be copied.
  const own =
    buffer instanceof ArrayBuffer ? new Uint8Array(buffer, byteOffset, byteLength) : new Uint8Array(bytes);
  const hash = await crypto.subtle.digest('SHA-256', own);
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
