import { MiB, seededRandom } from "@leeward/base";
import { memoryDevice } from "@leeward/block";
import { changeTrackerSuite, SUITE_SIZE_BYTES } from "./testing/change-tracker-suite.ts";
import { memoryTracker } from "./testing/memory-tracker.ts";

changeTrackerSuite("a tracker in memory", async () => {
  const tracked = memoryTracker(memoryDevice(16 * MiB), { random: seededRandom(1), sizeBytes: SUITE_SIZE_BYTES });
  return {
    device: tracked.device,
    keeps: true,
    open: () => tracked.open(),
    lose: async () => tracked.lose(),
    grow: async () => tracked.device,
    async [Symbol.asyncDispose]() {},
  };
});
