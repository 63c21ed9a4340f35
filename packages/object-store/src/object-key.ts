import { objectKeyInvalid } from "./store-faults.ts";

/** Longest key, in characters, the store's own prefix not counted: with it, it stays below the 1,024 of S3 and Azure Blob. */
const KEY_CHARACTERS_MAX = 512;
/** Longest segment, in characters: what file systems take as a name. */
const SEGMENT_CHARACTERS_MAX = 255;

/** Whether `segment` may stand between the slashes of a key. */
export function isPlainSegment(segment: string): boolean {
  return /^[A-Za-z0-9._-]{1,255}$/.test(segment) && !/^\.{1,2}$/.test(segment);
}

/** Whether `key` is plain, as the interface defines it. */
export function isPlainKey(key: string): boolean {
  return key.length <= KEY_CHARACTERS_MAX && key.split("/").every(isPlainSegment);
}

/** @throws Fault `object-key-invalid` unless `key` is plain */
export function checkKey(key: string): void {
  if (isPlainKey(key)) return;
  const why = key.length > KEY_CHARACTERS_MAX ? `it has more than ${KEY_CHARACTERS_MAX} characters` : "it is not plain";
  throw objectKeyInvalid(key, why);
}

/** @throws Fault `object-key-invalid` unless `prefix` is what a plain key can begin with */
export function checkPrefix(prefix: string): void {
  const segments = prefix.split("/");
  const last = segments.pop() ?? "";
  const isPlain = segments.every(isPlainSegment) && /^[A-Za-z0-9._-]*$/.test(last);
  if (isPlain && prefix.length <= KEY_CHARACTERS_MAX && last.length <= SEGMENT_CHARACTERS_MAX) return;
  throw objectKeyInvalid(prefix, "no plain key begins with it");
}
