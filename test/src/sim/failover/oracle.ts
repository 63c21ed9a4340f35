// What the target's home says once its process has ended: the bytes of its points, and what is left of replica machines.
import { Journal } from "@leeward/journal";
import { DATA_KEY } from "../server-nodes.ts";
import { type FailoverCluster, KEY_ID } from "./failover-cluster.ts";

/** By point: what each disk held. A disk that has no part in the point is left out. */
export async function pointContents(
  cluster: FailoverCluster,
  pointIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Buffer[]>> {
  const contents = new Map<string, Buffer[]>(pointIds.map((id) => [id, []]));
  await withJournals(cluster, async (journal) => {
    for (const id of pointIds) {
      if (journal.point(id) === undefined) continue;
      await using device = await journal.openPoint(id, { owner: "simulation", reason: "compared" });
      const bytes = Buffer.alloc(device.sizeBytes);
      await device.read(0, bytes);
      contents.get(id)?.push(bytes);
    }
  });
  return contents;
}

/** Whatever is there of a replica machine that was removed, by name. */
export async function leftBehind(cluster: FailoverCluster): Promise<string[]> {
  const left: string[] = [];
  await withJournals(cluster, async (journal) => {
    left.push(...journal.pins().map(({ owner, reason }) => `a pin of ${owner}: ${reason}`));
  });
  const { files } = cluster.masterTarget.machine;
  for (const folder of ["overlays", "replicas", "run", "hosts/qemu"]) {
    const path = `/mt/${folder}`;
    const names = (await files.status(path)) === undefined ? [] : await files.list(path);
    left.push(...names.map((name) => `${folder}/${name}`));
  }
  const opened = await files.status("/mt/opened.json");
  if (opened !== undefined && opened.sizeBytes > "[]\n".length) left.push("opened.json");
  if (cluster.rack.guests.size > 0) left.push("a machine on the rack");
  if (cluster.rack.offeredCount > 0) left.push("a disk that is offered");
  return left;
}

async function withJournals(cluster: FailoverCluster, work: (journal: Journal) => Promise<void>): Promise<void> {
  const { agent, masterTarget } = cluster;
  const { world } = masterTarget.machine.begin();
  for (const diskId of agent.diskIds) {
    const folder = `/mt/journal/${agent.machine.id}/${diskId}`;
    const journal = await Journal.open(world, { folder, dataKey: { keyId: KEY_ID, bytes: DATA_KEY } });
    await work(journal);
    await journal.close();
  }
}
