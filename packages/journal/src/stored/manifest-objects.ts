/**
 * A manifest in an object store: what was appended between two datasyncs is one object, numbered without holes; each is put only where there is none yet.
 * An append counts once its claim was found to hold behind it (claim.ts): whoever takes the journal over later reads it.
 */
import { Fault, isFault } from "@leeward/base";
import { type ObjectStore, sourceOfBytes } from "@leeward/object-store";
import { removeUnlessHeld } from "./held-object.ts";

/** Objects that are asked for at once while a manifest is read. */
const READS_AT_ONCE = 16;
/** Of each object, as much is read at first; the rest when there is more. */
const FIRST_READ_BYTES = 256 * 1024;

/**
 * What was appended so far; undefined when there is nothing.
 * @throws Fault `journal-object-missing` when an object lacks and others follow it
 */
export async function readManifestObjects(store: ObjectStore, folder: string): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const first = parts.length;
    const numbers = Array.from({ length: first === 0 ? 1 : READS_AT_ONCE }, (_, index) => first + index);
    const read = await Promise.all(numbers.map((number) => wholeObject(store, keyOf(folder, number))));
    const end = read.indexOf(undefined);
    for (const part of end < 0 ? read : read.slice(0, end)) if (part !== undefined) parts.push(part);
    if (end < 0) continue;
    const follows = read.slice(end).some((part) => part !== undefined);
    if (!follows) return parts.length === 0 ? undefined : Buffer.concat(parts);
    // It may have been put while the others were read; when it was not, it is lost.
    const key = keyOf(folder, parts.length);
    if ((await store.status(key)) === undefined) throw objectMissing(key);
  }
}

/** Puts what was appended as the object with the number. @throws Fault `object-conflict` when there is one that holds something else */
export async function appendManifestObject(
  store: ObjectStore,
  { folder, number }: { readonly folder: string; readonly number: number },
  bytes: Uint8Array,
): Promise<void> {
  await store.put(keyOf(folder, number), sourceOfBytes(bytes), { condition: { kind: "absent" } });
}

/** The last first: what is left after a crash still begins as it did. */
export async function removeManifestObjects(store: ObjectStore, folder: string): Promise<void> {
  const keys: string[] = [];
  for await (const listed of store.list(`${folder}/`)) if (listed.kind === "object") keys.push(listed.status.key);
  for (const key of keys.reverse()) await removeUnlessHeld(store, key);
}

/** Whether something was appended to it after its beginning: so it was in use. */
export async function wasAppended(store: ObjectStore, folder: string): Promise<boolean> {
  return (await store.status(keyOf(folder, 1))) !== undefined;
}

/** The whole object; undefined when there is none. */
async function wholeObject(store: ObjectStore, key: string): Promise<Uint8Array | undefined> {
  try {
    const first = new Uint8Array(FIRST_READ_BYTES);
    const { bytes, status } = await store.read(key, first, 0);
    if (status.sizeBytes <= bytes) return first.subarray(0, bytes);
    const whole = new Uint8Array(status.sizeBytes);
    whole.set(first.subarray(0, bytes));
    await store.read(key, whole.subarray(bytes), bytes, { tag: status.tag });
    return whole;
  } catch (error) {
    if (isFault(error, "object-missing")) return undefined;
    throw error;
  }
}

function keyOf(folder: string, number: number): string {
  return `${folder}/${String(number).padStart(8, "0")}`;
}

function objectMissing(key: string): Fault {
  return new Fault({
    code: "journal-object-missing",
    kind: "corruption",
    message: `${key} is not in the store, and what came after it is.`,
    detail: { key },
  });
}
