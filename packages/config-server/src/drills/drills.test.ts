import assert from "node:assert/strict";
import { test } from "node:test";
import type { DrillReport, DrillState, SignedDrillReport } from "@leeward/api";
import { Fault, orAborted, parseTime } from "@leeward/base";
import { verifyDocument } from "@leeward/identity";
import type { RequestBody } from "@leeward/proto";
import { type DrillStage, PNG, POINT, POINT_MICROS, stageDrills } from "../testing/node-drill-stage.ts";
import { eventually } from "../testing/node-installation.ts";
import { startServer, type TestServer } from "../testing/node-test-server.ts";

const WEB = { machine: "web" };
const ORDER = { at: "latest", checks: ["console:login:", "tcp:5432", "http:80/health"], memoryMib: 64 };

async function ended(server: TestServer, id: string) {
  return eventually(async () => {
    const job = await server.client.call("showJob", { params: { id }, query: { waitSeconds: 5 } });
    return job.endedAt === null ? undefined : job;
  });
}

/** The report, whose signature holds, once there is one. */
async function reported(server: TestServer, id: string): Promise<DrillReport> {
  const signed = await eventually<SignedDrillReport>(() =>
    server.client.call("showDrillReport", { params: { id } }).catch(() => undefined),
  );
  const atMicros = parseTime(signed.report.endedAt);
  await verifyDocument(signed.report, signed.signature, { caPem: server.caPem, atMicros });
  return signed.report;
}

function begin({ server }: DrillStage, more: object = {}) {
  return server.client.call("runDrill", { params: WEB, body: { ...ORDER, ...more } });
}

async function statusCodes({ server }: Pick<DrillStage, "server">): Promise<string[]> {
  return (await server.client.call("status", {})).items
    .map(({ code }) => code)
    .filter((code) => code.startsWith("drill-"));
}

void test("a drill is digested, started, checked, cleared and compared, in this order, and its signed report says what was found", async (t) => {
  const stage = await stageDrills(t);
  const { server, asked, kinds } = stage;
  const { drill, job } = await begin(stage);
  assert.partialDeepStrictEqual(job, { kind: "drill", subject: "web" });
  assert.equal((await ended(server, job.id)).state, "succeeded");
  assert.deepEqual(kinds(), [
    "findPoint",
    "pointDigest",
    "findPoint",
    "startReplica",
    "checkReplica",
    "replicaScreen",
    "removeReplica",
    "readConsole",
    "pointDigest",
    "releasePoint",
  ]);
  const [check] = asked.flatMap((body) => (body.kind === "checkReplica" ? [body.value] : []));
  assert.deepEqual(check?.checks, [
    { kind: "console", text: "login:", port: 0 },
    { kind: "tcp", text: "", port: 5_432 },
    { kind: "http", text: "/health", port: 80 },
  ]);
  const [start] = asked.flatMap((body) => (body.kind === "startReplica" ? [body.value] : []));
  assert.deepEqual(start?.nics[0]?.forwards, [5_432, 80]);
  assert.equal(start?.hardware.memoryMib, 64);
  // A disk of 300 MiB has two windows, before and after.
  const parts = asked.flatMap((body) => (body.kind === "pointDigest" ? [body.value.offset] : []));
  assert.deepEqual(parts, [0, 256 << 20, 0, 256 << 20]);

  const report = await reported(server, drill.id);
  assert.partialDeepStrictEqual(report, {
    outcome: "passed",
    problems: [],
    machine: { name: "web" },
    masterTarget: { name: "mt" },
    point: { id: POINT, consistency: "crash", missingDisks: [] },
    screen: { png: Buffer.from(PNG).toString("base64"), why: null },
    proof: { kind: "full", result: "equal" },
    cleanup: { done: true },
    interruptions: [],
  });
  assert.match(report.asked.by, /^token /);
  const age = (parseTime(report.asked.time) - POINT_MICROS) / 1_000_000 - 5;
  assert.ok(Math.abs((report.rpo.seconds ?? 0) - age) < 1, "idle time is not counted");
  assert.ok(report.rto.startSeconds !== null && report.rto.startSeconds < 60);
  for (const { ok, afterOrderSeconds } of report.checks)
    assert.ok(ok === true && (afterOrderSeconds ?? 0) >= 1.5 && (afterOrderSeconds ?? 99) < 60);
  const [disk] = report.proof.disks;
  assert.ok(disk !== undefined && disk.before === disk.after && disk.sizeBytes === 300 << 20);
  assert.deepEqual(await statusCodes(stage), []);
  const { items } = await server.client.call("listDrills", { query: WEB });
  assert.deepEqual(
    items.map(({ id, state }) => [id, state]),
    [[drill.id, "passed"]],
  );
});

void test("a check that does not pass fails the drill, which is reported, told and asked for all the same", async (t) => {
  const stage = await stageDrills(t);
  const { server, target } = stage;
  target.failing = ["tcp"];
  const { drill, job } = await begin(stage);
  const { error } = await ended(server, job.id);
  assert.equal(error?.code, "drill-failed");
  assert.match(`${error.message} ${error.remedy}`, new RegExp(`tcp:5432.*leeward drill report ${drill.id}`));
  const report = await reported(server, drill.id);
  assert.deepEqual([report.outcome, report.problems[0]?.code], ["failed", "drill-checks-failed"]);
  assert.deepEqual(
    report.checks.map(({ ok }) => ok),
    [true, false, true],
  );
  assert.partialDeepStrictEqual(report, { proof: { result: "equal" }, cleanup: { done: true } });
  assert.deepEqual(await statusCodes(stage), ["drill-failed"]);
  const { items } = await server.client.call("listEvents", { query: { severity: "warning" } });
  assert.ok(items.some(({ kind, detail }) => kind === "drill-failed" && detail["drill"] === drill.id));
  target.failing = [];
  await ended(server, (await begin(stage, { proof: "none" })).job.id);
  assert.deepEqual(await statusCodes(stage), []);
});

void test("a point that holds something else afterwards fails the drill", async (t) => {
  const stage = await stageDrills(t);
  const { server, target } = stage;
  target.before = async (body) => {
    if (body.kind === "removeReplica") target.content = "b";
    return undefined;
  };
  const { drill, job } = await begin(stage);
  await ended(server, job.id);
  const report = await reported(server, drill.id);
  assert.deepEqual([report.outcome, report.proof.result], ["failed", "different"]);
  assert.deepEqual(
    report.problems.map(({ code }) => code),
    ["drill-replica-changed"],
  );
});

void test("without proof nothing is read and nothing is said to be proved; what is left behind, and a start that fails, fail the drill", async (t) => {
  const stage = await stageDrills(t);
  const { server, target, asked } = stage;
  const unproved = await begin(stage, { proof: "none" });
  assert.equal((await ended(server, unproved.job.id)).state, "succeeded");
  assert.partialDeepStrictEqual((await reported(server, unproved.drill.id)).proof, { result: "not-proved", disks: [] });
  assert.ok(!asked.some(({ kind }) => kind === "pointDigest"));

  target.before = async (body) =>
    body.kind === "readConsole" ? { kind: "consoleText", value: { text: "" } } : undefined;
  const left = await begin(stage);
  await ended(server, left.job.id);
  assert.partialDeepStrictEqual(await reported(server, left.drill.id), {
    outcome: "failed",
    problems: [{ code: "drill-leftovers" }],
    cleanup: { done: false },
  });

  target.before = async (body) => {
    if (body.kind === "startReplica")
      throw new Fault({ code: "replica-not-started", kind: "operator", message: "qemu: no memory", remedy: "Less." });
    return undefined;
  };
  const failing = await begin(stage);
  await ended(server, failing.job.id);
  const report = await reported(server, failing.drill.id);
  assert.match(report.problems[0]?.message ?? "", /qemu: no memory/);
  assert.partialDeepStrictEqual(report, {
    outcome: "failed",
    problems: [{ code: "replica-not-started" }],
    checks: [{ ok: null, afterOrderSeconds: null }, { ok: null }, { ok: null }],
    screen: { png: null },
    proof: { result: "equal" },
    cleanup: { done: true },
  });
});

/** In each state that waits for the target: what it waits for. */
const HELD: Readonly<Partial<Record<DrillState, RequestBody["kind"]>>> = {
  digesting: "pointDigest",
  starting: "startReplica",
  checking: "checkReplica",
  clearing: "removeReplica",
  comparing: "releasePoint",
};

for (const [state, held] of Object.entries(HELD)) {
  void test(`a restart of the server while a drill is ${state} carries it on, and the report says that it was interrupted`, async (t) => {
    const stage = await stageDrills(t);
    const { server, folder, target, asked } = stage;
    const reached = Promise.withResolvers<void>();
    target.before = async (body, signal) => {
      if (body.kind !== held) return undefined;
      reached.resolve();
      return orAborted(new Promise(() => undefined), signal);
    };
    const { drill } = await begin(stage);
    await reached.promise;
    const { items } = await server.client.call("listDrills", {});
    assert.equal(items[0]?.state, state);
    target.before = undefined;
    await server.stop();
    const again = await startServer(t, `${folder}/server`, { apiPort: String(server.port) });
    const report = await reported(again, drill.id);
    assert.equal(report.outcome, "passed", JSON.stringify(report.problems));
    assert.ok(report.interruptions.some((each) => each.state === state && each.why.includes("started anew")));
    const starts = asked.flatMap((body) => (body.kind === "startReplica" ? [body.value.replicaId] : []));
    assert.equal(new Set(starts).size, 1, "one machine was started");
  });
}

for (const [state, held] of Object.entries(HELD)) {
  void test(`a drill that is cancelled while it is ${state} leaves nothing, and is reported`, async (t) => {
    const stage = await stageDrills(t);
    const { server, target, said } = stage;
    const reached = Promise.withResolvers<void>();
    const release = Promise.withResolvers<undefined>();
    target.before = async (body, signal) => {
      if (body.kind !== held) return undefined;
      reached.resolve();
      return orAborted(release.promise, signal);
    };
    const { drill, job } = await begin(stage);
    await reached.promise;
    target.before = undefined;
    await server.client.call("cancelJob", { params: { id: job.id } });
    release.resolve(undefined);
    const report = await reported(server, drill.id);
    // What came through before has passed: a cancel takes nothing back.
    const isCut = state !== "clearing" && state !== "comparing";
    assert.deepEqual(
      report.problems.map(({ code }) => code),
      isCut ? ["job-cancelled"] : [],
    );
    assert.equal(report.cleanup.done, true);
    assert.deepEqual(said.replicas, []);
    const { items } = await server.client.call("listFailovers", {});
    assert.ok(items.every(({ endedAt }) => endedAt !== null));
  });
}

void test("what the drill asks again after its target was away is noted once", async (t) => {
  const stage = await stageDrills(t);
  const { server, target } = stage;
  let refused = 0;
  target.before = async (body) => {
    if (body.kind !== "checkReplica" || refused === 2) return undefined;
    refused += 1;
    throw new Fault({ code: "not-now", kind: "transient", message: "Not now." });
  };
  const { drill, job } = await begin(stage);
  assert.equal((await ended(server, job.id)).state, "succeeded");
  const { interruptions } = await reported(server, drill.id);
  assert.deepEqual(
    interruptions.map(({ state }) => state),
    ["checking"],
  );
  assert.match(interruptions[0]?.why ?? "", /Not now/);
});

void test("no two drills of a machine at once, none beside a failover, and none that could not tell anything", async (t) => {
  const stage = await stageDrills(t);
  const { server, target } = stage;
  const refusals: readonly (readonly [object, string])[] = [
    [{ checks: [] }, "request-invalid"],
    [{ checks: ["ping"] }, "request-invalid"],
    [{ checks: ["tcp:0"] }, "request-invalid"],
    [{ checks: ["script:../x"] }, "request-invalid"],
    [{ checks: ["tcp:99999"] }, "drill-settings-invalid"],
    [{ host: "none" }, "drill-settings-invalid"],
    [{ network: "bridge:br0" }, "drill-settings-invalid"],
    [{ bootDisk: "nowhere" }, "disk-unknown"],
  ];
  for (const [more, code] of refusals) await assert.rejects(begin(stage, more), { code }, JSON.stringify(more));
  await assert.rejects(server.client.call("showDrillReport", { params: { id: "none" } }), { code: "drill-unknown" });

  const failover = await server.client.call("testFailover", { params: WEB, body: { at: "latest" } });
  await ended(server, failover.job.id);
  await assert.rejects(begin(stage), { code: "failover-standing" });
  await ended(server, (await server.client.call("cleanupFailover", { params: { failover: "web" }, body: {} })).job.id);

  const reached = Promise.withResolvers<void>();
  const release = Promise.withResolvers<undefined>();
  target.before = async (body) => {
    if (body.kind !== "checkReplica") return undefined;
    reached.resolve();
    return release.promise;
  };
  const { drill, job } = await begin(stage);
  await reached.promise;
  await assert.rejects(begin(stage), { code: "drill-under-way" });
  await assert.rejects(server.client.call("showDrillReport", { params: { id: drill.id } }), {
    code: "drill-not-reported",
  });
  release.resolve(undefined);
  assert.equal((await ended(server, job.id)).state, "succeeded");
});

void test("somebody who ends the test failover of a drill fails it", async (t) => {
  const stage = await stageDrills(t);
  const { server, target } = stage;
  let cleaned = false;
  target.before = async (body) => {
    if (body.kind !== "checkReplica" || cleaned) return undefined;
    cleaned = true;
    await ended(
      server,
      (await server.client.call("cleanupFailover", { params: { failover: "web" }, body: {} })).job.id,
    );
    throw new Fault({ code: "replica-unknown", kind: "operator", message: "No machine.", remedy: "None." });
  };
  const { drill, job } = await begin(stage);
  await ended(server, job.id);
  const report = await reported(server, drill.id);
  assert.deepEqual(
    report.problems.map(({ code }) => code),
    ["replica-unknown"],
  );
  assert.equal(report.cleanup.done, true);
});

void test("a schedule begins a drill when it is due, waits for a failover to end, and stops when it is taken away", async (t) => {
  const stage = await stageDrills(t);
  const { server } = stage;
  const failover = await server.client.call("testFailover", { params: WEB, body: { at: "latest" } });
  await ended(server, failover.job.id);
  const { at: _, ...settings } = ORDER;
  const body = { everySeconds: 86_400, ...settings };
  const schedule = await server.client.call("setDrillSchedule", { params: WEB, body });
  assert.partialDeepStrictEqual(schedule, { machineName: "web", window: "always", dueAt: schedule.setAt });
  assert.deepEqual(await server.client.call("showDrillSchedule", { params: WEB }), schedule);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual((await server.client.call("listDrills", {})).items, []);
  await server.client.call("cleanupFailover", { params: { failover: "web" }, body: {} });
  const drill = await eventually(async () => (await server.client.call("listDrills", {})).items[0]);
  assert.partialDeepStrictEqual(drill, { scheduled: true, actor: "config-server", at: "latest" });
  assert.equal((await reported(server, drill.id)).asked.scheduled, true);
  const [known] = (await server.client.call("listDrillSchedules", {})).items;
  assert.equal(parseTime(known?.dueAt ?? ""), parseTime(drill.createdAt) + 86_400_000_000);
  await server.client.call("removeDrillSchedule", { params: WEB });
  for (const name of ["removeDrillSchedule", "showDrillSchedule"] as const)
    await assert.rejects(server.client.call(name, { params: WEB }), { code: "drill-schedule-unknown" });
  const refused = { params: WEB, body: { ...body, window: "someday" } };
  await assert.rejects(server.client.call("setDrillSchedule", refused), { code: "time-window-invalid" });
});
