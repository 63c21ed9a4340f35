// The recovery key as a page to print, and read back from what was typed.
//
//   1 kind · 1 version · 8 fingerprint · 32 scalar · 6 check of the whole   = 6 lines
import { keyTextWrong } from "./faults.ts";
import { FINGERPRINT_BYTES, fingerprintOf, fingerprintText, type RecoveryKey, SCALAR_BYTES } from "./key-file.ts";
import { bytesOfLines, linesOf } from "./typed-lines.ts";

const KIND = "K".charCodeAt(0);
const VERSION = 1;
const HEAD_BYTES = 2;
export const KEY_LINES = 6;

export function keyLines({ scalar, fingerprint }: RecoveryKey): string[] {
  return linesOf(Buffer.concat([Uint8Array.of(KIND, VERSION), fingerprint, scalar]));
}

/** `from` says where the text is, for people. @throws Fault `key-text-wrong` */
export function keyOfLines(text: string, from: string): RecoveryKey {
  const read = bytesOfLines(text, KEY_LINES);
  if ("why" in read) throw keyTextWrong(from, read);
  if (read[0] !== KIND) throw keyTextWrong(from, { number: 1, why: "it is not of a page with a whole key" });
  if (read[1] !== VERSION) throw keyTextWrong(from, { number: 1, why: "it is of a page of a later release" });
  const fingerprint = read.subarray(HEAD_BYTES, HEAD_BYTES + FINGERPRINT_BYTES);
  const scalar = read.subarray(HEAD_BYTES + FINGERPRINT_BYTES, HEAD_BYTES + FINGERPRINT_BYTES + SCALAR_BYTES);
  if (Buffer.compare(fingerprintOf(scalar), fingerprint) !== 0)
    throw keyTextWrong(from, { number: KEY_LINES, why: "the lines give another key" });
  return { scalar, fingerprint };
}

/** The page as text, without its picture. */
export function keyPage(key: RecoveryKey): string {
  return `LEEWARD RECOVERY KEY

Whoever has this page opens every journal of the installation. Keep it where the servers are not.

Fingerprint  ${fingerprintText(key.fingerprint)}

${keyLines(key).join("\n")}

Back to a file:  leeward key read --to FILE
`;
}
