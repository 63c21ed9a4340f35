import assert from "node:assert/strict";
import { test } from "node:test";
import type { Failover } from "@leeward/api";
import { Fault, orAborted } from "@leeward/base";
import type { AgentPlan, RequestBody } from "@leeward/proto";
import {
  answering,
  ended,
  obeying,
  POINT,
  pointOf,
  type Stage,
  shown,
  staged,
  startsOf,
} from "../testing/node-failover-stage.ts";
import { agentDisk, eventually } from "../testing/node-installation.ts";
import { startServer } from "../testing/node-test-server.ts";
import { STEPS } from "./advance.ts";
import { TRANSITIONS } from "./transitions.ts";

const WEB = { machine: "web" };
const OTHER = "cd".repeat(16);

type Jobs = "unplannedFailover" | "planFailover";

async function failedOver(stage: Stage, how: Jobs = "unplannedFailover"): Promise<Failover> {
  const { client } = stage.server;
  const begun =
    how === "planFailover"
      ? await client.call(how, { params: WEB, body: {} })
      : await client.call(how, { params: WEB, body: { at: "latest" } });
  const job = await ended(stage.server, begun.job.id);
  assert.equal(job.state, "succeeded", job.error?.message);
  return shown(stage.server, begun.failover.id);
}

async function asked(
  stage: Stage,
  what: "reprotect" | "failBack" | "cancelFailover",
  failover: string,
): Promise<Failover> {
  const { client } = stage.server;
  const params = { failover };
  const begun =
    what === "reprotect"
      ? await client.call(what, { params, body: {} })
      : await client.call(what, { params, body: {} });
  const job = await ended(stage.server, begun.job.id);
  assert.equal(job.state, "succeeded", job.error?.message);
  return shown(stage.server, failover);
}

async function planOf({ agent }: Stage, holds: (plan: AgentPlan) => boolean): Promise<AgentPlan> {
  return eventually(async () => {
    const { plan } = agent.control;
    return plan !== undefined && holds(plan) ? plan : undefined;
  });
}

const epochOf = async ({ server }: Stage): Promise<number> =>
  (await server.client.call("showMachine", { params: WEB })).epoch;

const kindsOf = ({ asked: all }: Stage): string[] => all.map(({ kind }) => kind);

void test("what can follow on a failover is asked for in its order: unplanned, another point, commit, reprotect, failback", async (t) => {
  const stage = await staged(t);
  const { server, diskIds, script } = stage;
  obeying(stage);
  const { id, state, fence, epoch } = await failedOver(stage);
  assert.deepEqual([state, fence, epoch, await epochOf(stage)], ["commit-pending", "fenced", 2, 2]);
  // A fenced source keeps the epoch that it had: nothing of it is the machine's any more.
  const fenced = await planOf(stage, (plan) => plan.fence !== undefined);
  assert.deepEqual([fenced.epoch, fenced.fence], [1, { failoverId: id, epoch: 2, orderly: false }]);
  const early = { params: { failover: id } };
  await assert.rejects(server.client.call("reprotect", { ...early, body: {} }), { code: "failover-not-possible" });
  await assert.rejects(server.client.call("failBack", { ...early, body: {} }), { code: "failover-not-possible" });
  await assert.rejects(server.client.call("cleanupFailover", { ...early, body: {} }), {
    code: "failover-not-possible",
  });
  await assert.rejects(server.client.call("unprotectDisk", { params: { ...WEB, disk: "root" } }), {
    code: "failover-standing",
  });

  script.answer = answering(stage, { ...pointOf(stage, diskIds), id: OTHER });
  const changed = await server.client.call("changeFailoverPoint", { params: { failover: id }, body: { at: OTHER } });
  assert.equal((await ended(server, changed.job.id)).state, "succeeded");
  assert.equal((await shown(server, id)).point, OTHER);
  assert.deepEqual(
    startsOf(stage).map(({ pointId }) => pointId),
    [POINT, OTHER],
  );
  assert.ok(kindsOf(stage).lastIndexOf("removeReplica") < kindsOf(stage).lastIndexOf("startReplica"));

  // The target has the epoch that was raised before: the stage's new target begins where the old one was.
  await stage.script.answer?.(
    { kind: "raiseEpoch", value: { machineId: stage.agent.id, from: 1, to: 2, claimId: id } },
    AbortSignal.abort(),
  );
  assert.equal((await server.client.call("commitFailover", early)).state, "committed");
  await assert.rejects(server.client.call("cancelFailover", { ...early, body: {} }), { code: "failover-not-possible" });
  await assert.rejects(server.client.call("changeFailoverPoint", { ...early, body: { at: POINT } }), {
    code: "failover-not-possible",
  });

  const reversing = await asked(stage, "reprotect", id);
  assert.equal(reversing.state, "reversing");
  assert.deepEqual(
    reversing.reverse.map(({ name, setBytes, broughtBytes }) => [name, setBytes, broughtBytes]),
    [["root", 8_192, 8_192]],
  );
  const back = await planOf(stage, ({ disks }) => disks[0]?.reverse !== undefined);
  const place = { failoverId: id, branch: "b".repeat(32), sequence: 1 };
  assert.deepEqual(back.disks[0]?.reverse, { ...place, whole: false });

  const done = await asked(stage, "failBack", id);
  assert.equal(done.state, "failed-back");
  assert.equal(await epochOf(stage), 3);
  const free = await planOf(stage, (plan) => plan.fence === undefined);
  assert.deepEqual(
    [free.epoch, free.disks[0]?.origin, free.disks[0]?.reverse],
    [3, { failoverId: id, branch: "0e".repeat(16), sequence: 40, timeMicros: 1_700_000_000_000_000 }, undefined],
  );
  const order = kindsOf(stage).filter((kind) =>
    ["haltReplica", "absorbReplica", "raiseEpoch", "removeReplica"].includes(kind),
  );
  assert.deepEqual(order.slice(-4), ["haltReplica", "absorbReplica", "raiseEpoch", "removeReplica"]);
  assert.equal((await failedOver(stage)).epoch, 4);
});

void test("a planned failover is made from the last point of its source; cancelled, the source goes on with a newer epoch", async (t) => {
  const stage = await staged(t);
  obeying(stage);
  const { id, point, fence } = await failedOver(stage, "planFailover");
  assert.deepEqual([point, fence], [POINT, "fenced"]);
  const kinds = kindsOf(stage);
  assert.ok(kinds.indexOf("raiseEpoch") < kinds.lastIndexOf("findPoint"));
  assert.ok(kinds.lastIndexOf("findPoint") < kinds.indexOf("startReplica"));
  assert.equal((await asked(stage, "cancelFailover", id)).state, "cancelled");
  const plan = await planOf(stage, ({ fence: fenced, epoch }) => fenced === undefined && epoch > 1);
  assert.deepEqual([plan.epoch, plan.disks[0]?.origin], [3, undefined]);
});

void test("a source that has stopped without a last point goes on, and the failover says why", async (t) => {
  const stage = await staged(t);
  const { server, said, tell } = stage;
  said.ofPlan = ({ fence }) =>
    fence === undefined
      ? {}
      : {
          fence: {
            failoverId: fence.failoverId,
            epoch: fence.epoch,
            state: "fenced",
            lastPointId: "",
            fault: { code: "disks-not-ready", kind: "transient", message: "A disk is being copied.", sinceMicros: 1 },
          },
        };
  tell();
  const { failover, job } = await server.client.call("planFailover", { params: WEB, body: {} });
  assert.match((await ended(server, job.id)).error?.message ?? "", /A disk is being copied/);
  await eventually(async () => (await shown(server, failover.id)).state === "failed");
  assert.deepEqual(startsOf(stage), []);
  await planOf(stage, ({ fence, epoch }) => fence === undefined && epoch === 3);
});

void test("a source that does not say that it takes no writes wants --force, and stays an alarm until it says so", async (t) => {
  const stage = await staged(t);
  const { server, agent } = stage;
  await agent.stop();
  await eventually(async () => (await server.client.call("showMachine", { params: WEB })).state !== "online");
  const order = { params: WEB, body: { at: "latest" } };
  await assert.rejects(server.client.call("unplannedFailover", order), { code: "failover-not-fenced" });
  await assert.rejects(server.client.call("planFailover", { params: WEB, body: {} }), { code: "machine-offline" });
  assert.deepEqual((await server.client.call("listFailovers", {})).items, []);
  const { failover, job } = await server.client.call("unplannedFailover", {
    params: WEB,
    body: { at: "latest", force: true },
  });
  assert.equal((await ended(server, job.id)).state, "succeeded");
  assert.partialDeepStrictEqual(await shown(server, failover.id), {
    forced: true,
    fence: "unconfirmed",
    state: "commit-pending",
  });
  const codes = (await server.client.call("status", {})).items.map(({ code }) => code);
  assert.ok(codes.includes("source-not-fenced") && codes.includes("failed-over"));
});

void test("disks that are written past their agent want --force", async (t) => {
  const stage = await staged(t);
  const { server, said, tell } = stage;
  said.ofPlan = ({ fence }) =>
    fence === undefined
      ? {}
      : { fence: { failoverId: fence.failoverId, epoch: fence.epoch, state: "open", lastPointId: "" } };
  tell();
  const { failover, job } = await server.client.call("unplannedFailover", { params: WEB, body: { at: "latest" } });
  assert.equal((await ended(server, job.id)).error?.code, "failover-not-fenced");
  await eventually(async () => (await shown(server, failover.id)).state === "failed");
  assert.deepEqual(startsOf(stage), []);
});

void test("a source that was stopped for a target that does not answer goes on without waiting for it", async (t) => {
  const stage = await staged(t);
  const { server, script, asked: all } = stage;
  obeying(stage);
  const usual = answering(stage, pointOf(stage, stage.diskIds));
  script.answer = async (body, signal) => {
    if (body.kind === "raiseEpoch" || body.kind === "removeReplica")
      return orAborted(new Promise(() => undefined), signal);
    return usual(body);
  };
  const { failover, job } = await server.client.call("planFailover", { params: WEB, body: {} });
  await eventually(async () => all.some(({ kind }) => kind === "raiseEpoch"));
  await server.client.call("cancelJob", { params: { id: job.id } });
  await eventually(async () => (await shown(server, failover.id)).state === "failed");
  await planOf(stage, ({ fence, epoch }) => fence === undefined && epoch === 3);
});

void test("a change of point whose job is cancelled once the machine was given up comes to its end all the same", async (t) => {
  const stage = await staged(t);
  const { server, script, asked: all } = stage;
  obeying(stage);
  const { id } = await failedOver(stage);
  const usual = script.answer;
  const begun = Promise.withResolvers<void>();
  script.answer = async (body, signal) => {
    if (body.kind !== "removeReplica") return usual?.(body, signal);
    begun.resolve();
    return orAborted(new Promise(() => undefined), signal);
  };
  const { job } = await server.client.call("changeFailoverPoint", { params: { failover: id }, body: { at: POINT } });
  await begun.promise;
  await server.client.call("cancelJob", { params: { id: job.id } });
  const removals = all.length;
  script.answer = usual;
  await eventually(async () => (await shown(server, id)).state === "commit-pending");
  assert.ok(all.slice(removals).some(({ kind }) => kind === "startReplica"));
});

void test("a comparison of the stopped source that fails does nothing to what was asked for meanwhile", async (t) => {
  const stage = await staged(t);
  const { server, script, asked: all } = stage;
  obeying(stage);
  const usual = script.answer;
  const refusal = Promise.withResolvers<never>();
  script.answer = async (body, signal) => {
    if (body.kind === "replicaDigests") return refusal.promise;
    if (body.kind === "haltReplica") return orAborted(new Promise(() => undefined), signal);
    return usual?.(body, signal);
  };
  const { id } = await failedOver(stage, "planFailover");
  await eventually(async () => all.some(({ kind }) => kind === "replicaDigests"));
  await server.client.call("commitFailover", { params: { failover: id } });
  await asked(stage, "reprotect", id);
  await server.client.call("failBack", { params: { failover: id }, body: {} });
  await eventually(async () => all.some(({ kind }) => kind === "haltReplica"));
  const { items } = await server.client.call("listJobs", {});
  const proof = items.find(({ kind }) => kind === "failover-proof");
  assert.ok(proof !== undefined);
  const message = "It is not served.";
  refusal.reject(new Fault({ code: "disk-not-served", kind: "operator", message, remedy: "Wait." }));
  assert.equal((await ended(server, proof.id)).state, "succeeded");
  assert.equal((await shown(server, id)).state, "halting");
});

void test("a comparison that cannot be made for now ends when something else becomes of the failover", async (t) => {
  const stage = await staged(t);
  const { server, script, asked: all } = stage;
  obeying(stage);
  const usual = script.answer;
  script.answer = async (body, signal) => {
    if (body.kind !== "replicaDigests") return usual?.(body, signal);
    throw new Fault({ code: "disk-not-served", kind: "transient", message: "It is not served now." });
  };
  const { id } = await failedOver(stage, "planFailover");
  await eventually(async () => all.some(({ kind }) => kind === "replicaDigests"));
  await server.client.call("commitFailover", { params: { failover: id } });
  await asked(stage, "reprotect", id);
  const { items } = await server.client.call("listJobs", {});
  const proof = items.find(({ kind }) => kind === "failover-proof");
  assert.equal((await ended(server, proof?.id ?? "")).state, "succeeded");
});

/** In each state that something carries on: how it is come to, which request is under way then, and where it leads. */
const CARRIED = {
  preparing: { by: [], held: "findPoint", end: "commit-pending" },
  fencing: { by: [], held: "raiseEpoch", end: "commit-pending" },
  starting: { by: [], held: "startReplica", end: "commit-pending" },
  changing: { by: ["changeFailoverPoint"], held: "removeReplica", end: "commit-pending" },
  cancelling: { by: ["cancelFailover"], held: "removeReplica", end: "cancelled" },
  halting: { by: ["commitFailover", "reprotect", "failBack"], held: "haltReplica", end: "failed-back" },
  "handing-back": { by: ["commitFailover", "reprotect", "failBack"], held: "absorbReplica", end: "failed-back" },
  "cleaning-up": { by: ["commitFailover", "reprotect", "failBack"], held: "removeReplica", end: "failed-back" },
  undoing: { by: ["cancelJob"], held: "removeReplica", end: "failed" },
  resuming: { by: ["commitFailover", "reprotect", "failBack", "cancelJob"], held: "startReplica", end: "reversing" },
} as const;

void test("each state that somebody carries on is among those that a restart is tried in", () => {
  const carried = Object.entries(TRANSITIONS.unplanned).filter(
    ([, rule]) => rule.next.length > 0 && rule.carriedBy !== "person",
  );
  assert.deepEqual(carried.map(([state]) => state).toSorted(), Object.keys(CARRIED).toSorted());
  assert.deepEqual(Object.keys(STEPS).toSorted(), Object.keys(CARRIED).toSorted());
});

async function call(
  stage: Stage,
  what: (typeof CARRIED)[keyof typeof CARRIED]["by"][number],
  id: string,
): Promise<void> {
  const { client } = stage.server;
  const params = { failover: id };
  if (what === "commitFailover") await client.call(what, { params });
  else if (what === "reprotect") await asked(stage, what, id);
  else if (what === "changeFailoverPoint") await client.call(what, { params, body: { at: POINT } });
  else if (what === "cancelJob") {
    const { items } = await client.call("listJobs", {});
    const job = items.find(({ kind, endedAt }) => kind.startsWith("failover-") && endedAt === null);
    assert.ok(job !== undefined);
    await client.call("cancelJob", { params: { id: job.id } });
  } else await client.call(what, { params, body: {} });
}

for (const [state, { by, held, end }] of Object.entries(CARRIED)) {
  void test(`a restart of the server while a failover is ${state} carries it on from there`, async (t) => {
    const stage = await staged(t);
    const { server, folder, script } = stage;
    obeying(stage);
    const usual = answering(stage, pointOf(stage, stage.diskIds));
    const reached = Promise.withResolvers<void>();
    // What is under way when a job is cancelled, so that there is something to cancel.
    const before = state === "undoing" ? "startReplica" : state === "resuming" ? "haltReplica" : undefined;
    let isArmed = by.length === 0;
    let isCancelled = false;
    script.answer = async (body: RequestBody, signal) => {
      if (isArmed && !isCancelled && body.kind === before) return orAborted(new Promise(() => undefined), signal);
      if (!isArmed || body.kind !== held || (before !== undefined && !isCancelled)) return usual(body);
      reached.resolve();
      return orAborted(new Promise(() => undefined), signal);
    };
    if (state === "undoing") isArmed = true;
    const begun = await server.client.call("unplannedFailover", { params: WEB, body: { at: "latest" } });
    const { id } = begun.failover;
    if (state !== "undoing" && by.length > 0) {
      await ended(server, begun.job.id);
      isArmed = true;
    }
    for (const what of by) {
      if (what === "cancelJob") {
        await eventually(async () => stage.asked.some(({ kind }) => kind === before));
        isCancelled = true;
      }
      await call(stage, what, id);
    }
    await reached.promise;
    assert.equal((await shown(server, id)).state, state);
    script.answer = usual;
    await server.stop();
    const again = await startServer(t, `${folder}/server`, { apiPort: String(server.port) });
    await eventually(async () => (await shown(again, id)).state === end);
    const [first, ...others] = startsOf(stage);
    for (const other of others) assert.deepEqual(other, first);
    const { epoch } = await again.client.call("showMachine", { params: WEB });
    assert.equal(epoch, ["failed-back", "cancelled", "failed"].includes(end) ? 3 : 2);
  });
}

test("a failover's epoch reaches the further targets too, of which none has a say in it", async (t) => {
  const stage = await staged(t);
  const { server, said, script, tell } = stage;
  const far = await stage.addTarget("far");
  obeying(stage);
  const body = { path: "/dev/data", name: "data", alsoTo: ["far"] };
  const { disk } = await server.client.call("protectDisk", { params: WEB, body });
  const diskIds = [...stage.diskIds, disk.id];
  said.agentDisks = diskIds.map((id) => agentDisk(id));
  tell();
  await eventually(async () => far.control.plan?.disks[0]?.epoch === 1);
  const answer = answering(stage, pointOf(stage, diskIds));
  let raised = 0;
  script.answer = async (asking) => {
    if (asking.kind !== "raiseEpoch") return answer(asking);
    raised += 1;
    // The main target is asked first. What the other one says is its own matter.
    if (raised > 1) throw new Fault({ code: "epoch-contested", kind: "protocol", message: "It has another." });
    return answer(asking);
  };
  assert.equal((await failedOver(stage)).epoch, 2);
  assert.equal(raised, 2);
  await eventually(async () => far.control.plan?.disks[0]?.epoch === 2);
});
