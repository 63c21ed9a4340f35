import { isFault, MICROS_PER_SECOND, randomId } from "@leeward/base";
import { type ObjectStore, type PutCondition, sourceOfBytes } from "./object-store.ts";
import type { RemoteStoreWorld } from "./remote-store.ts";

const PROBE = ".leeward-probe-";
/** After so long, a probe is of a process that ended in the middle. */
const PROBE_SECONDS_MAX = 24 * 60 * 60;

/**
 * Whether a store honours conditions, found out by puts under a key of its own: what should be refused is, and what should not is not. Where nothing may be put, none is believed.
 * @throws what the store throws, but for `store-denied` of the puts: an answer that says nothing of conditions is not taken for a no
 */
export async function honoursConditions(store: ObjectStore, world: RemoteStoreWorld): Promise<boolean> {
  await sweep(store, world);
  const key = `${PROBE}${randomId(world.random)}`;
  const takes = async (text: string, condition: PutCondition): Promise<string | undefined> => {
    try {
      return (await store.put(key, sourceOfBytes(new TextEncoder().encode(text)), { condition })).tag;
    } catch (error) {
      if (isFault(error, "object-conflict")) return undefined;
      throw error;
    }
  };
  try {
    const first = await takes("1", { kind: "absent" });
    if (first === undefined || (await takes("2", { kind: "absent" })) !== undefined) return false;
    const second = await takes("3", { kind: "unchanged", tag: first });
    return second !== undefined && (await takes("4", { kind: "unchanged", tag: first })) === undefined;
  } catch (error) {
    if (isFault(error, "store-denied")) return false;
    throw error;
  } finally {
    await removed(store, key);
  }
}

async function sweep(store: ObjectStore, { clock }: RemoteStoreWorld): Promise<void> {
  for await (const listed of store.list(PROBE)) {
    if (listed.kind !== "object") continue;
    const ageSeconds = (clock.wallMicros() - listed.status.modifiedMicros) / MICROS_PER_SECOND;
    if (ageSeconds > PROBE_SECONDS_MAX) await removed(store, listed.status.key);
  }
}

/** A store that may only be read has no probe either. */
async function removed(store: ObjectStore, key: string): Promise<void> {
  try {
    await store.remove(key);
  } catch (error) {
    if (!isFault(error, "store-denied", "store-failed")) throw error;
  }
}
