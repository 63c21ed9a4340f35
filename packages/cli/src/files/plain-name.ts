/** Characters that would move a terminal's cursor, colour it or turn its text around. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A name as a line of text that does nothing to a terminal; what is no UTF-8 shows as U+FFFD. */
export function plainName(name: Uint8Array): string {
  const text = new TextDecoder().decode(name);
  return text.replaceAll("\\", "\\\\").replace(UNSEEN, (unseen) => `\\u{${unseen.codePointAt(0)?.toString(16)}}`);
}

/** The bytes in hex when they are no UTF-8, so that a script can still tell names apart. */
export function hexUnlessText(name: Uint8Array): string | null {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(name);
    return null;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return Buffer.from(name).toString("hex");
  }
}
