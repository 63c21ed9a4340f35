// Three machines that can be failed over by a recovery plan: agents that are there and say nothing of note, and a master target with a point of each.
import type { PlanRun } from "@leeward/api";
import type { RequestBody, ResponseBody } from "@leeward/proto";
import { answering, pointOf, type Stage, staged } from "./node-failover-stage.ts";
import { agentDisk, eventually } from "./node-installation.ts";
import { joinServer } from "./node-test-member.ts";
import { startServer, type TestServer } from "./node-test-server.ts";

export const MACHINES = ["web", "db", "app"] as const;
export type MachineName = (typeof MACHINES)[number];

export interface PlanStage extends Stage {
  /** By name; the target answers for each what its own script says, or as usual. */
  readonly machineIds: Readonly<Record<MachineName, string>>;
  /** What comes before the usual answers. */
  readonly first: {
    answer:
      | ((body: RequestBody, machine: string, signal: AbortSignal) => Promise<ResponseBody | undefined>)
      | undefined;
  };
}

type Test = Parameters<typeof staged>[0];

export async function planStage(t: Test): Promise<PlanStage> {
  const stage = await staged(t);
  const { server, folder } = stage;
  const points = new Map([[stage.agent.id, pointOf(stage, stage.diskIds)]]);
  const ids: Record<MachineName, string> = { web: stage.agent.id, db: "", app: "" };
  for (const name of ["db", "app"] as const) {
    const diskIds: string[] = [];
    const still = { agentVersion: "0.1.0", bootId: "", inventoryJson: "{}", clockOffsetMicros: 0, links: [] };
    const agent = await joinServer(t, server, {
      planKind: "agentPlan",
      role: "agent",
      name,
      home: `${folder}/${name}`,
      status: ({ version }) => ({
        kind: "agentStatus",
        value: { ...still, planVersion: version, disks: diskIds.map((id) => agentDisk(id)) },
      }),
    });
    ids[name] = agent.id;
    const params = { machine: name };
    await eventually(async () => (await server.client.call("showMachine", { params })).state === "online");
    const body = { path: "/dev/root", name: "root" };
    diskIds.push((await server.client.call("protectDisk", { params, body })).disk.id);
    agent.control.statusChanged();
    points.set(agent.id, { ...pointOf(stage, diskIds), machineId: agent.id });
  }
  const usual = new Map([...points].map(([id, point]) => [id, answering(stage, point)]));
  const first: PlanStage["first"] = { answer: undefined };
  const ofReplica = new Map<string, string>();
  stage.script.answer = async (body, signal) => {
    if (body.kind === "startReplica") ofReplica.set(body.value.replicaId, body.value.machineId);
    const machineId = machineOf(body, ofReplica) ?? stage.agent.id;
    const name = MACHINES.find((each) => ids[each] === machineId) ?? "";
    return (await first.answer?.(body, name, signal)) ?? usual.get(machineId)?.(body);
  };
  return { ...stage, machineIds: ids, first };
}

function machineOf(body: RequestBody, ofReplica: ReadonlyMap<string, string>): string | undefined {
  if (body.kind === "findPoint" || body.kind === "startReplica" || body.kind === "raiseEpoch")
    return body.value.machineId;
  if (body.kind === "removeReplica" || body.kind === "haltReplica") return ofReplica.get(body.value.replicaId);
  return undefined;
}

/** Stores the plan and begins a run of it. */
export async function runOf(server: TestServer, text: string, kind: PlanRun["kind"] = "test"): Promise<PlanRun> {
  await server.client.call("createRecoveryPlan", { body: { name: "shop", text, replace: true } });
  return (await server.client.call("runRecoveryPlan", { params: { plan: "shop" }, body: { kind } })).run;
}

export function shownRun(server: TestServer, run: string): Promise<PlanRun> {
  return server.client.call("showPlanRun", { params: { run } });
}

export async function endedRun(server: TestServer, run: string): Promise<PlanRun> {
  return eventually(async () => {
    const found = await shownRun(server, run);
    return found.state === "running" ? undefined : found;
  });
}

/** Name to state. */
export function statesOf({ steps }: PlanRun): Record<string, string> {
  return Object.fromEntries(steps.map(({ name, state }) => [name, state]));
}

/** The same home again, at the same port. */
export async function startedAgain(t: Test, { server, folder }: PlanStage): Promise<TestServer> {
  await server.stop();
  return startServer(t, `${folder}/server`, { apiPort: String(server.port) });
}
