// second-tracker.ts DEVICE DISK-ID: another tracker of the same device, which collects what the kernel noted again and again. Ends when its
// input ends, and says then how often it did and how many regions that were.
import { setImmediate as turn } from "node:timers/promises";
import { openChangeTracker } from "@leeward/tracker";

const [path = "", diskId = ""] = process.argv.slice(2);
const tracker = await openChangeTracker({ path, diskId, backend: "ebpf" });
let over = false;
process.stdin.once("end", () => {
  over = true;
});
process.stdin.resume();
let collected = 0;
let regions = 0;
while (!over) {
  await tracker.collect();
  regions += tracker.take();
  tracker.settle();
  collected += 1;
  await turn();
}
await tracker.end();
process.stdout.write(`${JSON.stringify({ collected, regions })}\n`);
