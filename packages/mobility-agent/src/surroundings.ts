// What people put beside the agent while it runs: its configuration, certificates, disk offers and hooks. All of it is watched and in force without a
// restart; what is wrong in it is shown by name, and what was good last stays.
import { type Fault, orAborted } from "@leeward/base";
import { together } from "@leeward/daemon";
import { type KeyStore, watchKeyStore } from "@leeward/identity";
import type { Clock } from "@leeward/world";
import type { MachineFaults } from "./inventory/machine-faults.ts";
import type { Offers } from "./inventory/node-offers.ts";

export interface Surroundings {
  readonly clock: Clock;
  readonly keyStore: KeyStore;
  readonly config: {
    readonly fault: Parameters<MachineFaults["set"]>[1][number] | undefined;
    changed(): Promise<void>;
  };
  readonly readOffers: () => Promise<Offers>;
  /** What is wrong with the hooks. */
  readonly readHookFaults: () => Promise<readonly Fault[]>;
  readonly lookEveryMs: number;
  readonly faults: MachineFaults;
  /** Told when any of it is another. */
  readonly onChange: () => void;
}

/** Follows them until the signal aborts. */
export async function followSurroundings(all: Surroundings, signal: AbortSignal): Promise<void> {
  const { keyStore, faults } = all;
  await together(signal, [
    (inner) => orNever(followConfig(all, inner), inner),
    (inner) => orNever(followOffers(all, inner), inner),
    (inner) => orNever(followHooks(all, inner), inner),
    (inner) => orNever(followFaults(all, inner), inner),
    (inner) => watchKeyStore(keyStore, (fault) => faults.set("identity", fault === undefined ? [] : [fault]), inner),
  ]);
}

async function followConfig({ config, faults, onChange }: Surroundings, signal: AbortSignal): Promise<never> {
  for (;;) {
    const changed = config.changed();
    faults.set("configuration", config.fault === undefined ? [] : [config.fault]);
    await orAborted(changed, signal);
    onChange();
  }
}

/** A dropped-in offer is in force at each question; here it is noticed, so that a disk that waits for it is tried. */
async function followOffers(all: Surroundings, signal: AbortSignal): Promise<never> {
  const { clock, faults, readOffers, lookEveryMs, onChange } = all;
  let before = "";
  for (;;) {
    const offers = await readOffers();
    faults.set("offers", offers.faults);
    const now = offers.paths.join("\n");
    if (now !== before) onChange();
    before = now;
    await clock.sleep(lookEveryMs, signal);
  }
}

/** Hooks are looked at again before each use; here what is wrong with them is shown before somebody needs them. */
async function followHooks(
  { clock, faults, readHookFaults, lookEveryMs }: Surroundings,
  signal: AbortSignal,
): Promise<never> {
  for (;;) {
    faults.set("hooks", await readHookFaults());
    await clock.sleep(lookEveryMs, signal);
  }
}

async function followFaults({ faults, onChange }: Surroundings, signal: AbortSignal): Promise<never> {
  for (;;) {
    await orAborted(faults.changed(), signal);
    onChange();
  }
}

async function orNever(work: Promise<never>, signal: AbortSignal): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
