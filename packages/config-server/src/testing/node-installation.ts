// An installation around a test server: an agent, a process server and a master target, each with what it says of itself under the test's control.
import { join } from "node:path";
import type { TestContext } from "node:test";
import { Fault, orAborted } from "@leeward/base";
import type { ThrottleStatus } from "@leeward/daemon";
import type {
  AgentPlan,
  AgentStatus,
  Candidate,
  DiskStatus,
  ForwardStatus,
  PointItem,
  ReplicaStatus,
  RequestBody,
  ResponseBody,
  SaveStatus,
  TargetDiskStatus,
} from "@leeward/proto";
import { joinServer, type MemberOptions, type TestMember } from "./node-test-member.ts";
import type { TestServer } from "./node-test-server.ts";

const HEALTH = { cpuFraction: 0, memoryFraction: 0, residentBytes: 1, cpuMicros: 0 };
const HUGE_BYTES = 2 ** 50;

export interface Installation {
  readonly agent: TestMember<"agentPlan">;
  readonly processServer: TestMember<"processServerPlan">;
  readonly masterTarget: TestMember<"masterTargetPlan">;
  /** What each says in its next status. */
  readonly said: {
    agentDisks: DiskStatus[];
    targetDisks: TargetDiskStatus[];
    /** Of the process server. */
    heldDisks: ForwardStatus[];
    saves: SaveStatus[];
    replicas: ReplicaStatus[];
    candidates: Candidate[];
    points: PointItem[];
    /** Of the agent. */
    bandwidth?: ThrottleStatus;
    /** What the agent makes of its plan, over all else that it says. */
    ofPlan?: (plan: AgentPlan) => Partial<AgentStatus>;
  };
  /** Every request that a member was asked. */
  readonly asked: RequestBody[];
  /** What agent and master target answer to what they are asked here, before anything else. */
  readonly script: {
    answer: ((body: RequestBody, signal: AbortSignal) => Promise<ResponseBody | undefined>) | undefined;
  };
  /** Lets another master target in. */
  readonly addTarget: (name: string) => Promise<TestMember<"masterTargetPlan">>;
  /** Answers of the master target's slow requests, when they are to be held. */
  readonly held: { save: Promise<void> };
  /** Makes every member send its status. */
  readonly tell: () => void;
}

export async function install(t: TestContext, server: TestServer, folder: string): Promise<Installation> {
  const stage: Stage = {
    said: { agentDisks: [], targetDisks: [], heldDisks: [], saves: [], replicas: [], candidates: [], points: [] },
    asked: [],
    held: { save: Promise.resolve() },
    script: { answer: undefined },
  };
  const agent = await joinServer(t, server, agentOptions(stage, join(folder, "agent")));
  const processServer = await joinServer(t, server, processServerOptions(stage, join(folder, "ps")));
  const masterTarget = await joinServer(t, server, masterTargetOptions(stage, join(folder, "mt")));
  const addTarget = (name: string) =>
    joinServer(t, server, { ...masterTargetOptions(stage, join(folder, name)), name });
  const tell = (): void => {
    agent.control.statusChanged();
    processServer.control.statusChanged();
    masterTarget.control.statusChanged();
  };
  return { agent, processServer, masterTarget, ...stage, addTarget, tell };
}

type Stage = Pick<Installation, "said" | "asked" | "held" | "script">;

function agentOptions({ said, asked, script }: Stage, home: string): MemberOptions<"agentPlan"> {
  const still = { agentVersion: "0.1.0", bootId: "", inventoryJson: "{}", clockOffsetMicros: 0, links: [] };
  return {
    planKind: "agentPlan",
    role: "agent",
    name: "web",
    home,
    status: ({ plan, version }) => ({
      kind: "agentStatus",
      value: {
        ...still,
        planVersion: version,
        disks: said.agentDisks,
        ...(said.bandwidth !== undefined && { bandwidth: said.bandwidth }),
        ...(plan !== undefined && said.ofPlan?.(plan)),
      },
    }),
    async answer(body, signal) {
      asked.push(body);
      const scripted = await script.answer?.(body, signal);
      if (scripted !== undefined) return scripted;
      if (body.kind === "listCandidates") return { kind: "candidateList", value: { items: said.candidates } };
      const [point] = said.points.slice(-1);
      if (body.kind === "createPoint" && point !== undefined) return { kind: "point", value: point };
      throw new Fault({ code: "not-now", kind: "transient", message: "Not now." });
    },
  };
}

function processServerOptions({ said, asked, script }: Stage, home: string): MemberOptions<"processServerPlan"> {
  const still = { softwareVersion: "0.1.0", cacheFreeBytes: HUGE_BYTES, cacheTotalBytes: HUGE_BYTES, health: HEALTH };
  const dataAddress = { host: "0.0.0.0", port: 9443 };
  return {
    planKind: "processServerPlan",
    role: "process-server",
    name: "ps",
    home,
    status: ({ version }) => ({
      kind: "processServerStatus",
      value: { ...still, planVersion: version, dataAddress, links: [], disks: said.heldDisks },
    }),
    async answer(body, signal) {
      asked.push(body);
      const scripted = await script.answer?.(body, signal);
      if (scripted !== undefined) return scripted;
      throw new Fault({ code: "not-now", kind: "transient", message: "Not now." });
    },
  };
}

function masterTargetOptions({ said, asked, held, script }: Stage, home: string): MemberOptions<"masterTargetPlan"> {
  const still = { softwareVersion: "0.1.0", freeBytes: HUGE_BYTES, totalBytes: HUGE_BYTES, health: HEALTH };
  const targetAddress = { host: "target.example", port: 9444 };
  return {
    planKind: "masterTargetPlan",
    role: "master-target",
    name: "mt",
    home,
    status: ({ version }) => ({
      kind: "masterTargetStatus",
      value: {
        ...still,
        planVersion: version,
        targetAddress,
        disks: said.targetDisks,
        saves: said.saves,
        replicas: said.replicas,
      },
    }),
    async answer(body, signal) {
      asked.push(body);
      const scripted = await script.answer?.(body, signal);
      if (scripted !== undefined) return scripted;
      if (body.kind === "savePoint") await orAborted(held.save, signal);
      return targetAnswer(body, said.points);
    },
  };
}

function targetAnswer(body: RequestBody, points: readonly PointItem[]): ResponseBody {
  switch (body.kind) {
    case "listPoints": {
      const { fromMicros, toMicros, itemsMax } = body.value;
      const inside = points.filter(
        (point) =>
          point.timeMicros >= fromMicros &&
          (toMicros === 0 || point.timeMicros <= toMicros) &&
          (!body.value.lockedOnly || point.locked),
      );
      // Small answers, so that the asker has to come again.
      const items = inside.slice(0, Math.min(itemsMax, 2));
      return { kind: "pointList", value: { items, more: items.length < inside.length } };
    }
    case "openPoint": {
      const { diskId, machineId, at, writable } = body.value;
      const nbdUri = `nbd+unix:///?socket=/run/${at}`;
      return {
        kind: "openedPoint",
        value: { id: "o1", pointId: at, diskId, nbdUri, readOnly: !writable, sizeBytes: 1024, machineId },
      };
    }
    case "listOpened":
      return { kind: "openedList", value: { items: [OPENED] } };
    case "savePoint": {
      const { diskId, path, at } = body.value;
      // A release that knows none but raw passes over what is asked for.
      const format = path.includes("older") ? "" : body.value.format;
      const sha256 = "ab".repeat(32);
      return { kind: "savedPoint", value: { pointId: at, diskId, path, bytes: 1024, sha256, format } };
    }
    case "cancelSave":
    case "closePoint":
    case "deleteHistory":
    case "lockPoint":
    case "unlockPoint":
      return { kind: "done", value: {} };
    case "removeReplica":
      return { kind: "done", value: {} };
    default:
      throw new Fault({
        code: "request-unsupported",
        kind: "operator",
        message: `No ${body.kind} here.`,
        remedy: "Mend it.",
      });
  }
}

const OPENED = {
  id: "o1",
  pointId: "p1",
  diskId: "0".repeat(32),
  nbdUri: "nbd+unix:///?socket=/run/o1",
  readOnly: true,
  sizeBytes: 1024,
  machineId: "0".repeat(32),
};

export function agentDisk(diskId: string, more: Partial<DiskStatus> = {}): DiskStatus {
  return {
    diskId,
    state: "protected",
    sizeBytes: 1 << 20,
    capture: "splitter",
    nbdUri: `nbd+unix:///?socket=/run/${diskId}`,
    branch: "b".repeat(32),
    writtenSequence: 30,
    cachedSequence: 20,
    journaledSequence: 10,
    faults: [],
    logBytes: 4096,
    writtenBytes: 8192,
    stages: [],
    ...more,
  };
}

export function targetDisk(diskId: string, more: Partial<TargetDiskStatus> = {}): TargetDiskStatus {
  return {
    diskId,
    branch: "b".repeat(32),
    journaledSequence: 12,
    newestPointMicros: 0,
    newestPointId: "",
    oldestPointMicros: 0,
    pointCount: 0,
    journalBytes: 100,
    history: "continuous",
    faults: [],
    epoch: 1,
    copyNeeded: false,
    stages: [],
    ...more,
  };
}

/** Looks until it holds, at most 20 s. */
export async function eventually<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  for (let round = 0; round < 400; round += 1) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("it did not come to hold");
}
