import { isFault, randomId } from "@leeward/base";
import { type ChangeTracker, openChangeTracker } from "@leeward/tracker";
import { nodeRandom } from "@leeward/world";
import type { BenchPlace } from "../run/bench-place.ts";

export const SUITE = "tracker";
export const BACKENDS = ["ebpf", "tracefs"] as const;
export type Backend = (typeof BACKENDS)[number];

/** A tracker of the device until `end`; nothing of it stays in the kernel. */
export async function takeTracker(
  place: BenchPlace,
  { path, backend }: { readonly path: string; readonly backend: Backend },
): Promise<{ readonly tracker: ChangeTracker; readonly diskId: string; readonly end: () => Promise<void> }> {
  const diskId = randomId(nodeRandom);
  const opening = openChangeTracker({ path, diskId, backend });
  const { thing: tracker, end } = await place.take(opening, (opened) => opened.end());
  return { tracker, diskId, end };
}

/** Why the kernel refuses each backend that it refuses. */
export async function refusalsOf(place: BenchPlace, path: string): Promise<ReadonlyMap<Backend, string>> {
  const refusals = new Map<Backend, string>();
  for (const backend of BACKENDS) {
    try {
      await (await takeTracker(place, { path, backend })).end();
    } catch (error) {
      if (!isFault(error, "tracking-unsupported")) throw error;
      refusals.set(backend, error.message);
    }
  }
  return refusals;
}
