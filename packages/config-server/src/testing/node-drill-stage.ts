// A machine whose point is at a master target that does for drills what it is told to.
import { createHash } from "node:crypto";
import type { TestContext } from "node:test";
import { Fault } from "@leeward/base";
import type { PointItem, ReplicaStatus, RequestBody, ResponseBody, StartReplica } from "@leeward/proto";
import { agentDisk, eventually, type Installation, install } from "./node-installation.ts";
import { startServer, type TestServer, temporaryFolder } from "./node-test-server.ts";

export const POINT = "ab".repeat(16);
export const POINT_MICROS = 1_700_000_000_000_000;
export const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1, 2, 3);
const DISK_BYTES = 300 * 1024 * 1024;

export interface DrillStage extends Installation {
  readonly server: TestServer;
  readonly folder: string;
  readonly diskIds: readonly string[];
  /** What the target makes of what it is asked; tests change it. */
  readonly target: {
    content: string;
    /** Checks that do not pass. */
    failing: readonly string[];
    /** Asked before everything else. */
    before: ((body: RequestBody, signal: AbortSignal) => Promise<ResponseBody | undefined>) | undefined;
  };
  /** The kinds of what the target was asked of drills and failovers, each once in a row. */
  readonly kinds: () => string[];
}

export async function stageDrills(t: TestContext): Promise<DrillStage> {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const installation = await install(t, server, folder);
  const params = { machine: "web" };
  await eventually(async () => (await server.client.call("showMachine", { params })).state === "online");
  const { disk } = await server.client.call("protectDisk", { params, body: { path: "/dev/root", name: "root" } });
  const diskIds = [disk.id];
  installation.said.agentDisks = diskIds.map((id) => agentDisk(id));
  installation.tell();
  const target: DrillStage["target"] = { content: "a", failing: [], before: undefined };
  const point = pointOf(installation, diskIds);
  installation.script.answer = async (body, signal) =>
    (await target.before?.(body, signal)) ?? answerTo(body, { installation, target, point });
  const kinds = (): string[] =>
    installation.asked
      .map(({ kind }) => kind)
      .filter((kind, index, all) => WATCHED.has(kind) && kind !== all[index - 1]);
  return { ...installation, server, folder, diskIds, target, kinds };
}

const WATCHED: ReadonlySet<string> = new Set([
  "findPoint",
  "pointDigest",
  "startReplica",
  "checkReplica",
  "replicaScreen",
  "removeReplica",
  "readConsole",
  "releasePoint",
]);

function answerTo(
  body: RequestBody,
  of: { installation: Installation; target: DrillStage["target"]; point: PointItem },
): ResponseBody | undefined {
  const { installation, target, point } = of;
  const { said, tell } = installation;
  switch (body.kind) {
    case "findPoint":
      return { kind: "point", value: point };
    case "pointDigest": {
      const { offset, length } = body.value;
      const sha256 = new Uint8Array(createHash("sha256").update(`${target.content} ${offset}`).digest());
      const value = { diskBytes: DISK_BYTES, length: Math.min(length, DISK_BYTES - offset), sha256 };
      return { kind: "pointDigested", value };
    }
    case "startReplica": {
      const replica = replicaOf(body.value);
      said.replicas = [...said.replicas.filter(({ replicaId }) => replicaId !== replica.replicaId), replica];
      tell();
      return { kind: "replicaStatus", value: replica };
    }
    case "checkReplica": {
      const results = body.value.checks.map(({ kind }) => ({
        ok: !target.failing.includes(kind),
        seconds: 1.5,
        said: `${kind} was looked at`,
      }));
      return { kind: "replicaChecked", value: { results } };
    }
    case "replicaScreen":
      return { kind: "screenPicture", value: { png: PNG } };
    case "removeReplica":
      said.replicas = said.replicas.filter(({ replicaId }) => replicaId !== body.value.replicaId);
      tell();
      return { kind: "done", value: {} };
    case "readConsole":
      if (said.replicas.some(({ replicaId }) => replicaId === body.value.replicaId))
        return { kind: "consoleText", value: { text: "" } };
      throw new Fault({ code: "replica-unknown", kind: "operator", message: "None.", remedy: "None." });
    case "releasePoint":
      return { kind: "done", value: {} };
    default:
      return undefined;
  }
}

function pointOf({ agent }: Installation, diskIds: readonly string[]): PointItem {
  return {
    id: POINT,
    machineId: agent.id,
    timeMicros: POINT_MICROS,
    validUntilMicros: POINT_MICROS + 5_000_000,
    epoch: 1,
    kind: "auto",
    consistency: "crash",
    members: diskIds.map((diskId) => ({ diskId, branch: "b".repeat(32), sequence: 1 })),
    missingDiskIds: [],
    locked: false,
    lockedUntilMicros: 0,
  };
}

function replicaOf({ replicaId, machineId, pointId, host, disks }: StartReplica): ReplicaStatus {
  const shown = disks.map(({ diskId }) => ({ diskId, nbdUri: `nbd+unix:///?socket=/run/${diskId}` }));
  const resumedMicros = Date.now() * 1_000;
  return { replicaId, machineId, pointId, host, state: "running", why: "", resumedMicros, disks: shown };
}
