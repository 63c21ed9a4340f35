// second-tracker.ts DEVICE DISK-ID: another tracker of the same device, which collects what the kernel noted again and again. Ends when its
// input ends, and says then how often it did and how many regions that were.
import { setImmediate as turn } from "node:timers/promises";
import { isFault } from "@leeward/base";
import { openChangeTracker } from "@leeward/tracker";

const [path = "", diskId = ""] = process.argv.slice(2);
const opened = (): ReturnType<typeof openChangeTracker> => openChangeTracker({ path, diskId, backend: "ebpf" });
let tracker = await opened();
let over = false;
process.stdin.once("end", () => {
  over = true;
});
process.stdin.resume();
let collected = 0;
let regions = 0;
while (!over) {
  try {
    await tracker.collect();
  } catch (error) {
    // A kernel that does not run programs for every request ends a tracker at any time.
    if (!isFault(error, "tracking-incomplete")) throw error;
    await tracker.end();
    tracker = await opened();
  }
  regions += tracker.take();
  tracker.settle();
  collected += 1;
  await turn();
}
await tracker.end();
process.stdout.write(`${JSON.stringify({ collected, regions })}\n`);
