// A machine that can be failed over: an agent and a master target that answer as the real ones do, and run nothing.
import type { Failover } from "@leeward/api";
import { Fault } from "@leeward/base";
import type { PointItem, ReplicaStatus, RequestBody, ResponseBody, StartReplica } from "@leeward/proto";
import { agentDisk, eventually, type Installation, install } from "./node-installation.ts";
import { startServer, type TestServer, temporaryFolder } from "./node-test-server.ts";

export const POINT = "ab".repeat(16);
const WEB = { machine: "web" };

export interface Stage extends Installation {
  readonly server: TestServer;
  readonly folder: string;
  readonly diskIds: readonly string[];
}

/** A machine with protected disks, and a master target that has a point of all of them. */
export async function staged(t: Parameters<typeof install>[0], names: readonly string[] = ["root"]): Promise<Stage> {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const installation = await install(t, server, folder);
  await eventually(async () => (await server.client.call("showMachine", { params: WEB })).state === "online");
  const diskIds: string[] = [];
  for (const name of names) {
    const body = { path: `/dev/${name}`, name };
    diskIds.push((await server.client.call("protectDisk", { params: WEB, body })).disk.id);
  }
  installation.said.agentDisks = diskIds.map((id) => agentDisk(id));
  installation.tell();
  installation.script.answer = answering(installation, pointOf(installation, diskIds));
  return { ...installation, server, folder, diskIds };
}

export function pointOf(
  { agent }: Installation,
  diskIds: readonly string[],
  missingDiskIds: readonly string[] = [],
): PointItem {
  return {
    id: POINT,
    machineId: agent.id,
    timeMicros: 1_700_000_000_000_000,
    validUntilMicros: 1_700_000_000_000_000,
    epoch: 1,
    kind: "auto",
    consistency: "crash",
    members: diskIds.map((diskId) => ({ diskId, branch: "b".repeat(32), sequence: 1 })),
    missingDiskIds: [...missingDiskIds],
    locked: false,
    lockedUntilMicros: 0,
  };
}

function replicaOf({ replicaId, machineId, pointId, host, disks }: StartReplica): ReplicaStatus {
  const shown = disks.map(({ diskId }) => ({ diskId, nbdUri: `nbd+unix:///?socket=/run/${diskId}` }));
  return {
    replicaId,
    machineId,
    pointId,
    host,
    state: "running",
    why: "",
    resumedMicros: 1_700_000_001_000_000,
    disks: shown,
  };
}

/** What a master target does with replica machines, which run nowhere, and with epochs and overlays. */
export function answering({ said, tell, agent }: Installation, point: PointItem) {
  const epochs = new Map<string, { readonly epoch: number; readonly claimId: string }>();
  const overlays = point.members.map(({ diskId }) => ({ diskId, branch: "0e".repeat(16), sequence: 40 }));
  return async (body: RequestBody): Promise<ResponseBody | undefined> => {
    if (body.kind === "findPoint") return { kind: "point", value: point };
    if (body.kind === "startReplica") {
      const replica = replicaOf(body.value);
      said.replicas = [...said.replicas.filter(({ replicaId }) => replicaId !== replica.replicaId), replica];
      tell();
      return { kind: "replicaStatus", value: replica };
    }
    if (body.kind === "removeReplica") {
      said.replicas = said.replicas.filter(({ replicaId }) => replicaId !== body.value.replicaId);
      tell();
    }
    if (body.kind === "raiseEpoch") {
      const { machineId, from, to, claimId } = body.value;
      const known = epochs.get(machineId) ?? { epoch: 1, claimId: "" };
      const isDone = known.epoch === to && known.claimId === claimId;
      if (!isDone && known.epoch !== from) throw contested(known.epoch);
      epochs.set(machineId, { epoch: to, claimId });
      return { kind: "done", value: {} };
    }
    if (body.kind === "haltReplica") {
      said.replicas = said.replicas.map((each) => ({ ...each, state: "ended" }));
      tell();
      return { kind: "replicaHalted", value: { overlays, orderly: true } };
    }
    if (body.kind === "absorbReplica") {
      return { kind: "point", value: { ...point, machineId: agent.id, id: body.value.pointId, members: overlays } };
    }
    if (body.kind === "readConsole") return { kind: "consoleText", value: { text: `login: ${body.value.replicaId}` } };
    return undefined;
  };
}

function contested(epoch: number): Fault {
  const message = `The epoch is ${epoch}.`;
  return new Fault({ code: "epoch-contested", kind: "operator", message, remedy: "See who raised it." });
}

/** An agent that does what its plan says at once: it is fenced, makes its last point, and is brought to the replica machine's disks. */
export function obeying({ said, tell }: Installation): void {
  let lastPointId = "";
  said.ofPlan = ({ fence, disks }) => {
    if (fence === undefined) return {};
    if (fence.orderly) lastPointId = POINT;
    const { failoverId, epoch } = fence;
    const isHalted = said.replicas.some(({ state }) => state === "ended");
    const reverse = {
      failoverId,
      method: "set",
      setBytes: 8_192,
      broughtBytes: 8_192,
      sequence: 40,
      complete: isHalted,
      following: true,
    } as const;
    return {
      fence: { failoverId, epoch, state: "fenced", lastPointId },
      disks: disks.map((disk) =>
        disk.reverse === undefined
          ? agentDisk(disk.diskId, { state: "fenced" })
          : agentDisk(disk.diskId, {
              state: "reverse",
              reverse: { ...reverse, placeId: disk.reverse.place?.placeId ?? "" },
            }),
      ),
    };
  };
  tell();
}

export async function ended(server: TestServer, id: string) {
  return eventually(async () => {
    const job = await server.client.call("showJob", { params: { id }, query: { waitSeconds: 5 } });
    return job.endedAt === null ? undefined : job;
  });
}

export function shown(server: TestServer, failover: string): Promise<Failover> {
  return server.client.call("showFailover", { params: { failover } });
}

export function startsOf({ asked }: Stage): StartReplica[] {
  return asked.flatMap((body) => (body.kind === "startReplica" ? [body.value] : []));
}
