import { connectNbd } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import type { QemuFacts } from "../qemu/qemu-arguments.ts";
import type { ReplicaDisk, ReplicaSpec } from "../replica-spec.ts";
import { descriptionOf, type ReplicaDescription } from "./replica-description.ts";

/** The description, with sizes as the disks' servers tell them. @throws Fault `nbd-unreachable`, and all of `connectNbd` */
export async function describeReplica(spec: ReplicaSpec, facts: QemuFacts): Promise<ReplicaDescription> {
  return descriptionOf(spec, facts, await Promise.all(spec.disks.map(sizeOf)));
}

async function sizeOf({ nbdSocket, exportName }: ReplicaDisk): Promise<number> {
  const connection = new AbortController();
  const address = { path: nbdSocket };
  await using disk = await connectNbd(address, { exportName, clock: nodeClock }, connection.signal);
  return disk.sizeBytes;
}
