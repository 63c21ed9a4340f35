import { isFault } from "@leeward/base";
import type { ObjectStore } from "@leeward/object-store";

/** Removes an object that nothing names any more. One that the store holds for longer is left: whoever opens the journal after the hold's end removes it. */
export async function removeUnlessHeld(store: ObjectStore, key: string): Promise<void> {
  try {
    await store.remove(key);
  } catch (error) {
    if (!isFault(error, "object-held")) throw error;
  }
}
