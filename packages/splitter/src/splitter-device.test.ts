import { seededRandom } from "@leeward/base";
import { memoryDevice } from "@leeward/block";
import { blockDeviceSuite } from "@leeward/block/testing";
import { nodeClock, nodeCompute } from "@leeward/world";
import { simulatedFiles } from "@leeward/world/testing";
import { Splitter } from "./splitter.ts";
import type { SplitterLimits } from "./splitter-limits.ts";
import { RIG_LIMITS, TestMarks } from "./testing/index.ts";

function opened(limits: Partial<SplitterLimits>) {
  return async ({
    sizeBytes,
    readOnly,
  }: {
    readonly sizeBytes: number;
    readonly readOnly: boolean;
  }): Promise<Splitter> => {
    const files = simulatedFiles({ random: seededRandom(1) });
    await files.makeFolder("/home");
    await files.syncFolder("/");
    return await Splitter.open({
      world: { clock: nodeClock, random: seededRandom(2), files, compute: nodeCompute() },
      source: memoryDevice(sizeBytes, { readOnly }),
      folder: "/home/disk",
      identity: {
        machineId: "01".repeat(16),
        diskId: "02".repeat(16),
        branch: "03".repeat(16),
        bootId: "04".repeat(16),
        physicalBlockBytes: 4096,
        source: "memory",
      },
      marks: new TestMarks(),
      limits,
    });
  };
}

blockDeviceSuite("a splitter", opened({}));
blockDeviceSuite("a splitter with little room for everything", opened(RIG_LIMITS));
blockDeviceSuite(
  "a splitter whose log is full at once",
  opened({ ...RIG_LIMITS, logBytesMax: 64 << 10, logFileBytesMax: 8 << 10 }),
);
