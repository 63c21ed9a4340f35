import { isFault } from "@leeward/base";
import type { ObjectStatus, ObjectStore } from "@leeward/object-store";
import type { BegunRename } from "@leeward/world";
import type { Claim } from "./claim.ts";

export interface AheadPutOptions {
  readonly store: ObjectStore;
  readonly claim: Claim;
  readonly key: string;
  /** The local file is being put, where there is no object yet. */
  readonly putting: Promise<ObjectStatus>;
  /** What becomes of the local file when it was put. */
  readonly settle: (put: ObjectStatus) => Promise<void>;
  /** Puts the local file, whatever there is. */
  readonly rename: () => Promise<void>;
}

/**
 * An object that is put while its file is still being checked. It is put only where there is none: what others may rely on is not replaced by what nobody has
 * checked. So what is given up is what was put here, and what cannot be removed is an orphan, which no manifest names.
 */
export class AheadPut implements BegunRename {
  readonly #options: AheadPutOptions;
  #isFinished = false;

  constructor(options: AheadPutOptions) {
    this.#options = options;
    options.putting.catch(() => undefined);
  }

  async finish(): Promise<void> {
    const { settle, rename } = this.#options;
    const put = await this.#put();
    this.#isFinished = true;
    await (put === undefined ? rename() : settle(put));
  }

  async giveUp(): Promise<void> {
    if (this.#isFinished) return;
    const { store, claim, key } = this.#options;
    try {
      if ((await this.#put()) === undefined) return;
      // Whoever has the journal by now may have put it too, and name it.
      await claim.confirm();
      await store.remove(key);
    } catch (error) {
      if (!isFault(error)) throw error;
    }
  }

  /** undefined when there was one already. */
  async #put(): Promise<ObjectStatus | undefined> {
    try {
      return await this.#options.putting;
    } catch (error) {
      if (isFault(error, "object-conflict")) return undefined;
      throw error;
    }
  }
}
