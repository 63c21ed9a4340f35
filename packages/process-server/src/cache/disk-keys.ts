import type { DataKey } from "@leeward/change-log";
import type { ForwardedDisk } from "@leeward/proto";
import { asFault, keyNameless, keyUnusable } from "../faults.ts";
import type { DiskServices } from "./disk-services.ts";

const KEY_ID = /^[0-9a-f]{32}$/;

/** One disk's data key: opened once for each wrapping, and held in memory alone. */
export class DiskKeys {
  readonly #unwrap: DiskServices["unwrapKey"];
  #known: { readonly wrappedKey: string; readonly key: DataKey } | undefined;

  constructor(unwrap: DiskServices["unwrapKey"]) {
    this.#unwrap = unwrap;
  }

  /** The key that the plan names. @throws Fault `key-unusable` */
  async keyOf({ diskId, keyId, wrappedKey }: ForwardedDisk): Promise<DataKey> {
    if (this.#known?.wrappedKey !== wrappedKey || this.#known.key.keyId !== keyId) {
      try {
        if (!KEY_ID.test(keyId)) throw keyNameless(keyId);
        this.#known = { wrappedKey, key: { keyId, bytes: await this.#unwrap(wrappedKey, keyId) } };
      } catch (error) {
        throw keyUnusable(diskId, asFault(error));
      }
    }
    return this.#known.key;
  }
}
