// A share of the recovery key: any `threshold` of them give the key, fewer say nothing of it (Shamir 1979).
//
//   1 kind · 1 version · 1 threshold · 1 shares · 1 number · 4 set · 8 fingerprint · 33 share · 6 check of the whole   = 7 lines
//
// The set is another one for each time that a key was split: shares of two splits do not give it.
import type { Random } from "@leeward/base";
import { combine, split } from "shamir-secret-sharing";
import { shareDamaged, sharesMixed, sharesTooFew, shareTwice } from "./faults.ts";
import { FINGERPRINT_BYTES, fingerprintOf, fingerprintText, type RecoveryKey, SCALAR_BYTES } from "./key-file.ts";
import { bytesOfLines, linesOf } from "./typed-lines.ts";

const KIND = "S".charCodeAt(0);
const VERSION = 1;
const SET_BYTES = 4;
const SHARE_BYTES = SCALAR_BYTES + 1;
const [SET_AT, FINGERPRINT_AT] = [5, 5 + SET_BYTES];
const SHARE_AT = FINGERPRINT_AT + FINGERPRINT_BYTES;
const SHARE_LINES = 7;
/** As many as one byte counts. */
export const SHARES_MAX = 255;

export interface KeyShare {
  readonly number: number;
  readonly shares: number;
  readonly threshold: number;
  /** Hex. */
  readonly set: string;
  readonly fingerprint: Uint8Array;
  readonly bytes: Uint8Array;
}

/** A share, and where it was found. */
export interface FoundShare extends KeyShare {
  readonly path: string;
}

/** `threshold` is 2 at least and `shares` at most; `random` names the split, and makes nothing that is secret. */
export async function splitKey(
  { scalar, fingerprint }: RecoveryKey,
  { shares, threshold, random }: { readonly shares: number; readonly threshold: number; readonly random: Random },
): Promise<KeyShare[]> {
  const parts = await split(scalar, shares, threshold);
  const set = Buffer.from(random.bytes(SET_BYTES)).toString("hex");
  return parts.map((bytes, index) => ({ number: index + 1, shares, threshold, set, fingerprint, bytes }));
}

/** @throws Fault `shares-too-few`, `shares-mixed`, `share-twice` */
export async function joinShares(found: readonly FoundShare[]): Promise<RecoveryKey> {
  const [first] = found;
  if (first === undefined) throw sharesTooFew([], 2);
  const { threshold, fingerprint } = first;
  const other = found.find((share) => !isOfOneSplit(share, first));
  if (other !== undefined) throw sharesMixed(first.path, other.path);
  for (const [index, share] of found.entries()) {
    const before = found.slice(0, index).find(({ number }) => number === share.number);
    if (before !== undefined) throw shareTwice(before.path, share);
  }
  if (found.length < threshold) throw sharesTooFew(found, threshold);
  const scalar = await combine(found.map(({ bytes }) => bytes));
  if (!isKey(scalar, fingerprint)) throw sharesMixed(first.path, found.at(-1)?.path ?? "");
  return { scalar, fingerprint };
}

function shareLines({ number, shares, threshold, set, fingerprint, bytes }: KeyShare): string[] {
  const head = Uint8Array.of(KIND, VERSION, threshold, shares, number);
  return linesOf(Buffer.concat([head, Buffer.from(set, "hex"), fingerprint, bytes]));
}

/** @throws Fault `share-damaged` */
export function shareOfText(text: string, path: string): FoundShare {
  const read = bytesOfLines(text, SHARE_LINES);
  if ("why" in read) throw shareDamaged(path, read);
  const [kind, version, threshold = 0, shares = 0, number = 0] = read;
  if (kind !== KIND) throw shareDamaged(path, { number: 1, why: "it is not of a share" });
  if (version !== VERSION) throw shareDamaged(path, { number: 1, why: "it is of a share of a later release" });
  const set = Buffer.from(read.subarray(SET_AT, FINGERPRINT_AT)).toString("hex");
  const fingerprint = read.slice(FINGERPRINT_AT, SHARE_AT);
  return { path, number, shares, threshold, set, fingerprint, bytes: read.slice(SHARE_AT, SHARE_AT + SHARE_BYTES) };
}

/** The file of a share: a page to print, too. */
export function sharePage(share: KeyShare, name: string): string {
  const { number, shares, threshold, set, fingerprint } = share;
  return `LEEWARD RECOVERY KEY: A SHARE

Name         ${name}
Share        ${number} of ${shares}; any ${threshold} of them give the key
Split        ${set}
Fingerprint  ${fingerprintText(fingerprint)}

${shareLines(share).join("\n")}

Back to a key:  leeward key join SHARE... --to FILE
`;
}

function isOfOneSplit(a: KeyShare, b: KeyShare): boolean {
  return a.set === b.set && a.threshold === b.threshold && Buffer.compare(a.fingerprint, b.fingerprint) === 0;
}

function isKey(scalar: Uint8Array, fingerprint: Uint8Array): boolean {
  try {
    return Buffer.compare(fingerprintOf(scalar), fingerprint) === 0;
  } catch {
    // Bytes that are no key at all.
    return false;
  }
}
