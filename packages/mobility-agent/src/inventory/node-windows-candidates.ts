import { windowsDrives } from "@leeward/block";
import type { Candidate } from "@leeward/proto";

/** The drives of this Windows machine, and its volumes that lie on none that can be told. The first two rungs are Linux'. */
export async function windowsBlockDevices(): Promise<Candidate[]> {
  return (await windowsDrives()).map(({ path, sizeBytes }) => ({
    path,
    kind: "block-device",
    sizeBytes: sizeBytes ?? 0,
    refusal: `${path} is a disk of Windows, which no splitter can stand before.`,
    trackerRefusal: `${path} is a disk of Windows, whose kernel notes no changes for us.`,
    rescanRefusal: "",
  }));
}
