import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { nodeClock } from "./node-clock.ts";
import { nodeCompute } from "./node-compute.ts";
import { nodeFiles } from "./node-files.ts";
import { clockSuite } from "./testing/clock-suite.ts";
import { computeSuite } from "./testing/compute-suite.ts";
import { filesSuite } from "./testing/files-suite.ts";

clockSuite("nodeClock", () => ({ clock: nodeClock, run: (work) => work() }));

computeSuite("nodeCompute", () => nodeCompute());

for (const io of ["thread-pool", "inline"] as const) {
  filesSuite(`nodeFiles ${io}`, async () => {
    const folder = await mkdtemp(`${tmpdir()}/leeward-files-`);
    return {
      files: nodeFiles({ io }),
      folder,
      [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
    };
  });
}
