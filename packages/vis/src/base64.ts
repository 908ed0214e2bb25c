/** @file Bytes as text inside a document. */

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 with padding. Source [RFC 4648, section 4]. */
export function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const text = [18, 12, 6, 0].map((shift) => DIGITS.charAt((group >> shift) & 63)).join('');
    parts.push(i + 2 < bytes.length ? text : text.slice(0, bytes.length - i + 1).padEnd(4, '='));
  }
  return parts.join('');
}

/** A PNG file as the address of an image. */
export function pngAddress(file: Uint8Array): string {
  return `data:image/png;base64,${base64(file)}`;
}
