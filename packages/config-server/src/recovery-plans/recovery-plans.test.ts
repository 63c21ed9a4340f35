import assert from "node:assert/strict";
import { chmod, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { test } from "node:test";
import { Fault, orAborted } from "@leeward/base";
import type { RunInReplica } from "@leeward/proto";
import { ended, obeying, shown, startsOf } from "../testing/node-failover-stage.ts";
import { eventually } from "../testing/node-installation.ts";
import {
  endedRun,
  type PlanStage,
  planStage,
  runOf,
  shownRun,
  startedAgain,
  statesOf,
} from "../testing/node-plan-stage.ts";
import { startServer } from "../testing/node-test-server.ts";
import { restoreTest } from "../testing/node-test-state.ts";
import { STEP_TRANSITIONS } from "./transitions.ts";

/** An executable of the server's scripts, and the file that it appends to. */
async function scriptOf({ folder }: PlanStage, file: string, lines: string): Promise<string> {
  const scripts = `${folder}/server/scripts`;
  const written = `${folder}/${file}.out`;
  await mkdir(scripts, { recursive: true, mode: 0o755 });
  await writeFile(`${scripts}/${file}`, `#!/bin/sh\n${lines.replaceAll("$OUT", written)}\n`, { mode: 0o755 });
  return written;
}

void test("a state follows only on what the table names, and what runs or waits has somewhere to go when the run is given up", () => {
  for (const [kind, rules] of Object.entries(STEP_TRANSITIONS)) {
    for (const [state, { next, carriedBy, givenUp }] of Object.entries(rules)) {
      for (const each of next) assert.ok(Object.hasOwn(rules, each), `${kind}: ${state} → ${each}`);
      assert.equal(carriedBy === "nobody", next.length === 0, `${kind}: ${state}`);
      assert.equal(givenUp === null ? next.length === 0 : next.includes(givenUp), true, `${kind}: ${state}`);
    }
  }
});

void test("of three machines one fails: what depends on it is left out, the others go on, and a cleanup leaves nothing", async (t) => {
  const stage = await planStage(t);
  const { server, first, said } = stage;
  first.answer = async (body, machine) => {
    if (body.kind !== "startReplica" || machine !== "db") return undefined;
    throw new Fault({ code: "replica-not-started", kind: "operator", message: "No memory.", remedy: "Less." });
  };
  const run = await runOf(
    server,
    "steps: [{machine: db}, {machine: app, after: [db]}, {machine: web}, {name: rest, wait: 0, after: [app]}]",
  );
  const done = await endedRun(server, run.id);
  assert.deepEqual(statesOf(done), { db: "failed", app: "left-out", web: "done", rest: "left-out" });
  assert.deepEqual([done.state, done.steps[0]?.error?.code], ["failed", "replica-not-started"]);
  assert.equal(done.steps[1]?.said, "db failed");
  const job = await ended(server, run.job);
  assert.equal(job.error?.code, "plan-run-failed");
  assert.match(job.error.message, /failed: db; not begun: app, rest/);
  assert.deepEqual(
    startsOf(stage)
      .map(({ machineName }) => machineName)
      .toSorted(),
    ["db", "web"],
  );
  const [failover] = done.steps.flatMap(({ name, failover }) =>
    name === "web" && failover !== null ? [failover] : [],
  );
  assert.match((await shown(server, failover ?? "")).actor, /^recovery plan shop of token /);

  const begun = await server.client.call("cleanUpPlanRun", { params: { run: run.id }, body: { notes: "It went." } });
  assert.equal((await ended(server, begun.job.id)).state, "succeeded");
  assert.equal((await shownRun(server, run.id)).cleanup, "done");
  assert.partialDeepStrictEqual(await shown(server, failover ?? ""), { state: "cleaned-up", notes: "It went." });
  assert.deepEqual(said.replicas, []);
  await assert.rejects(server.client.call("cleanUpPlanRun", { params: { run: run.id }, body: {} }), {
    code: "plan-run-ended",
  });
});

void test("groups are an order: a machine that fails holds up none of a later group, but a plan may say that it does", async (t) => {
  const stage = await planStage(t);
  const { server, first } = stage;
  first.answer = async (body, machine) => {
    if (body.kind !== "startReplica" || machine !== "db") return undefined;
    throw new Fault({ code: "replica-not-started", kind: "operator", message: "No memory.", remedy: "Less." });
  };
  const passing = await runOf(server, "groups: [{machines: [db]}, {machines: [web], last: [{name: rest, wait: 0}]}]");
  assert.deepEqual(statesOf(await endedRun(server, passing.id)), { db: "failed", web: "done", rest: "done" });
  const { job } = await server.client.call("cleanUpPlanRun", { params: { run: passing.id }, body: {} });
  await ended(server, job.id);
  const stopping = await runOf(server, "groups: [{machines: [{machine: db, onFailure: stop}]}, {machines: [web]}]");
  const stopped = await endedRun(server, stopping.id);
  assert.deepEqual(statesOf(stopped), { db: "failed", web: "left-out" });
  assert.equal(stopped.steps[1]?.said, "the plan stops when db fails");
});

void test("actions are done in their order: a script is told of its machine, a check passes, a person is asked", async (t) => {
  const stage = await planStage(t);
  const { server } = stage;
  const listener = createServer((socket) => socket.on("error", () => undefined));
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  t.after(() => void listener.close());
  const address = listener.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const out = await scriptOf(stage, "tell", 'env | grep ^LEEWARD | sort >>"$OUT"; echo said it');
  const run = await runOf(
    server,
    `steps:
  - machine: db
  - {name: tell, script: {file: tell}, after: [db]}
  - {name: up, health: {tcp: {host: 127.0.0.1, port: ${port}}, limitSeconds: 60}, after: [tell]}
  - {name: look, manual: Look at it., after: [up]}
  - {machine: web, after: [look]}`,
  );
  const asking = await eventually(async () => {
    const found = await shownRun(server, run.id);
    return statesOf(found)["look"] === "asking" && found;
  });
  assert.deepEqual(statesOf(asking), { db: "done", tell: "done", up: "done", look: "asking", web: "waiting" });
  const wanting = (await server.client.call("status", {})).items.filter(({ code }) => code === "plan-step-asking");
  assert.match(wanting[0]?.message ?? "", /shop waits for a person at its step look: Look at it\./);
  const job = await server.client.call("showJob", { params: { id: run.job }, query: {} });
  assert.deepEqual(job.progress, { doneBytes: 0, totalBytes: 0, etaSeconds: null, doneSteps: 3, totalSteps: 5 });
  const [db, tell] = asking.steps;
  assert.match(tell?.said ?? "", /exit code 0\nsaid it/);
  assert.deepEqual((await readFile(out, "utf8")).trim().split("\n"), [
    `LEEWARD_FAILOVER=${db?.failover ?? ""}`,
    "LEEWARD_KIND=test",
    "LEEWARD_MACHINE=db",
    "LEEWARD_PLAN=shop",
    `LEEWARD_RUN=${run.id}`,
    "LEEWARD_STEP=tell",
  ]);
  const params = { run: run.id, step: "look" };
  await assert.rejects(
    server.client.call("continuePlanRun", { params: { ...params, step: "db" }, body: { outcome: "done" } }),
    { code: "plan-step-not-asking" },
  );
  await server.client.call("continuePlanRun", { params, body: { outcome: "failed", notes: "It is red." } });
  const done = await endedRun(server, run.id);
  assert.deepEqual([statesOf(done)["look"], statesOf(done)["web"], done.state], ["failed", "left-out", "failed"]);
  assert.match(done.steps[3]?.error?.message ?? "", /It is red\./);
  await assert.rejects(server.client.call("continuePlanRun", { params, body: { outcome: "done" } }), {
    code: "plan-step-not-asking",
  });
  const { items } = await server.client.call("listEvents", { query: {} });
  const kinds = items.map(({ kind }) => kind).filter((kind) => kind.startsWith("plan-"));
  assert.deepEqual(kinds, ["plan-created", "plan-run-asked", "plan-step-asks", "plan-step-answered", "plan-run-ended"]);
});

void test("a script that fails, hangs, is not there or may be written by others fails its step, and says why", async (t) => {
  const stage = await planStage(t);
  const { server, folder } = stage;
  const ran = await scriptOf(stage, "open", 'echo ran >>"$OUT"');
  await scriptOf(stage, "bad", "echo no such luck >&2; exit 3");
  await scriptOf(stage, "slow", "sleep 1000");
  await chmod(`${folder}/server/scripts/open`, 0o777);
  await symlink("/bin/true", `${folder}/server/scripts/link`);
  const run = await runOf(
    server,
    `steps:
  - {name: bad, script: {file: bad}}
  - {name: slow, script: {file: slow, limitSeconds: 1}}
  - {name: gone, script: {file: gone}}
  - {name: open, script: {file: open}}
  - {name: link, script: {file: link}}
  - {name: shut, health: {http: {url: "http://127.0.0.1:1/"}, limitSeconds: 1}}`,
  );
  const { steps } = await endedRun(server, run.id);
  const said = Object.fromEntries(steps.map(({ name, error }) => [name, `${error?.code}: ${error?.message}`]));
  assert.match(said["bad"] ?? "", /^plan-script-failed: .*exit code 3\nno such luck/);
  assert.match(said["slow"] ?? "", /^plan-script-failed: .*did not end within its limit/);
  assert.match(said["gone"] ?? "", /^plan-script-missing: .*no such file/);
  assert.match(said["open"] ?? "", /^plan-script-missing: .*others may write/);
  assert.match(said["link"] ?? "", /^plan-script-missing: /);
  assert.match(said["shut"] ?? "", /^plan-health-failed: http:.*ECONNREFUSED/);
  await assert.rejects(readFile(ran), { code: "ENOENT" });
});

void test("a script for a replica machine is run there by its master target, and what it said stands with its step", async (t) => {
  const stage = await planStage(t);
  const { server, first } = stage;
  await scriptOf(stage, "inside", "hostname");
  const asked: RunInReplica[] = [];
  first.answer = async (body) => {
    if (body.kind !== "runInReplica") return undefined;
    asked.push(body.value);
    return { kind: "ranInReplica", value: { exitCode: asked.length === 1 ? 0 : 7, said: "web" } };
  };
  const run = await runOf(
    server,
    `steps:
  - {machine: web}
  - {name: good, script: {file: inside, in: replica, limitSeconds: 9}, after: [web]}
  - {name: bad, script: {file: inside, in: replica, of: web}, after: [good]}`,
  );
  const { steps } = await endedRun(server, run.id);
  const of = (name: string) => steps.find((step) => step.name === name);
  assert.deepEqual([of("good")?.state, of("good")?.said], ["done", "exit code 0\nweb"]);
  assert.match(`${of("bad")?.error?.code} ${of("bad")?.error?.message}`, /^plan-script-failed .*exit code 7\nweb/);
  const [order] = asked;
  assert.equal(new TextDecoder().decode(order?.script), "#!/bin/sh\nhostname\n");
  assert.deepEqual([order?.limitSeconds, order?.replicaId], [9, of("web")?.failover]);
  assert.ok(order?.environment.includes("LEEWARD_STEP=good"));
});

void test("a cancelled run begins nothing more, and names what it leaves to go on", async (t) => {
  const stage = await planStage(t);
  const { server, first } = stage;
  const reached = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<undefined>();
  first.answer = async (body, _, signal) => {
    if (body.kind !== "startReplica") return undefined;
    reached.resolve();
    return orAborted(goOn.promise, signal);
  };
  const run = await runOf(server, "steps: [{machine: db}, {name: look, manual: Look.}, {machine: web, after: [db]}]");
  await reached.promise;
  await assert.rejects(server.client.call("runRecoveryPlan", { params: { plan: "shop" }, body: { kind: "test" } }), {
    code: "plan-run-under-way",
  });
  await assert.rejects(server.client.call("removeRecoveryPlan", { params: { plan: "shop" } }), {
    code: "plan-run-under-way",
  });
  await assert.rejects(server.client.call("cleanUpPlanRun", { params: { run: run.id }, body: {} }), {
    code: "plan-run-under-way",
  });
  const cancelled = await server.client.call("cancelPlanRun", { params: { run: run.id } });
  assert.deepEqual(statesOf(cancelled), { db: "left", look: "left-out", web: "left-out" });
  assert.equal(cancelled.state, "cancelled");
  assert.equal((await ended(server, run.job)).state, "cancelled");
  goOn.resolve(undefined);
  const failover = cancelled.steps[0]?.failover ?? "";
  await eventually(async () => (await shown(server, failover)).state === "running");
  await assert.rejects(server.client.call("cancelPlanRun", { params: { run: run.id } }), { code: "plan-run-ended" });
  const { job } = await server.client.call("cleanUpPlanRun", { params: { run: run.id }, body: {} });
  assert.equal((await ended(server, job.id)).state, "succeeded");
  assert.equal((await shown(server, failover)).state, "cleaned-up");
});

void test("a planned and an unplanned run begin failovers of their kind, forced where that is said", async (t) => {
  const stage = await planStage(t);
  const { server } = stage;
  obeying(stage);
  const run = await runOf(server, "steps: [{machine: web, memoryMib: 64}]", "planned");
  const done = await endedRun(server, run.id);
  assert.equal(done.state, "succeeded");
  const failover = done.steps[0]?.failover ?? "";
  assert.partialDeepStrictEqual(await shown(server, failover), {
    kind: "planned",
    state: "commit-pending",
    memoryMib: 64,
  });
  const params = { plan: "shop" };
  for (const body of [
    { kind: "planned", at: "latest" },
    { kind: "test", force: true },
  ] as const)
    await assert.rejects(server.client.call("runRecoveryPlan", { params, body }), { code: "plan-order-invalid" });
  const cleaning = server.client.call("cleanUpPlanRun", { params: { run: run.id }, body: {} });
  await assert.rejects(cleaning, { code: "plan-run-not-test" });
  await server.client.call("editRecoveryPlan", { params, body: { text: "steps: [{machine: db, at: latest}]" } });
  const forced = { kind: "unplanned", force: true, at: "latest-processed" } as const;
  const second = await server.client.call("runRecoveryPlan", { params, body: forced });
  const other = await eventually(async () => (await shownRun(server, second.run.id)).steps[0]?.failover ?? undefined);
  assert.partialDeepStrictEqual(await shown(server, other), {
    kind: "unplanned",
    forced: true,
    at: "latest-processed",
  });
});

void test("a dry run says in waves what would be done, and names what would not work", async (t) => {
  const stage = await planStage(t);
  const { server, first } = stage;
  await scriptOf(stage, "fine", "true");
  const text = `steps:
  - machine: db
  - {name: gone, script: {file: gone}, after: [db]}
  - {name: fine, script: {file: fine}, after: [db]}
  - {machine: web, after: [gone, fine]}
  - {machine: nobody}`;
  const { warnings } = await server.client.call("createRecoveryPlan", { body: { name: "shop", text } });
  assert.deepEqual(warnings, ["There is no machine nobody yet; the plan cannot be run."]);
  await assert.rejects(server.client.call("runRecoveryPlan", { params: { plan: "shop" }, body: { kind: "test" } }), {
    code: "machine-unknown",
  });
  const params = { plan: "shop" };
  const report = await server.client.call("dryRunRecoveryPlan", { params, query: { kind: "test" } });
  assert.deepEqual(report.waves, [["db", "nobody"], ["gone", "fine"], ["web"]]);
  assert.equal(report.ok, false);
  const [db, gone, fine, web, nobody] = report.steps;
  assert.partialDeepStrictEqual(db, { wave: 1, point: "ab".repeat(16), needsForce: false, problems: [] });
  assert.ok((db?.pointAgeSeconds ?? 0) > 86_400);
  assert.match(gone?.problems.join() ?? "", /no such file/);
  assert.deepEqual([fine?.problems, web?.problems, web?.wave], [[], [], 3]);
  assert.match(nobody?.problems.join() ?? "", /no machine "nobody"/);
  assert.deepEqual(startsOf(stage), [], "nothing was begun");

  first.answer = async (body) => {
    if (body.kind !== "findPoint") return undefined;
    throw new Fault({ code: "point-missing", kind: "operator", message: "No point.", remedy: "Make one." });
  };
  await server.client.call("editRecoveryPlan", { params, body: { text: "steps: [{machine: db}]" } });
  const later = await server.client.call("dryRunRecoveryPlan", { params, query: { kind: "planned" } });
  assert.equal(later.ok, false);
  assert.match(later.steps[0]?.problems.join() ?? "", /says: No point\.$/);
});

/** Each kind of step, as it is while the server is stopped, and where the run comes to. */
const STOPPED = {
  machine: { step: "{machine: db, name: one}", state: "running", end: "done" },
  script: { step: "{name: one, script: {file: once}}", state: "running", end: "asking" },
  manual: { step: "{name: one, manual: Look.}", state: "asking", end: "asking" },
  wait: { step: "{name: one, wait: 3}", state: "running", end: "done" },
  health: {
    step: "{name: one, health: {http: {url: 'http://127.0.0.1:PORT/'}, limitSeconds: 60}}",
    state: "running",
    end: "done",
  },
} as const;

void test("each kind of step is among those that a restart is tried in", () => {
  assert.deepEqual(Object.keys(STOPPED).toSorted(), Object.keys(STEP_TRANSITIONS).toSorted());
});

for (const [kind, { step, state, end }] of Object.entries(STOPPED)) {
  void test(`a restart of the server while a ${kind} step is ${state} goes on from there, and begins nothing twice`, async (t) => {
    const stage = await planStage(t);
    const { server, first, machineIds } = stage;
    const out = await scriptOf(stage, "once", 'echo begun >>"$OUT"; sleep 1000');
    const listener = createServer((socket) => socket.on("error", () => undefined).end("HTTP/1.1 200 OK\r\n\r\n"));
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    const address = listener.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await new Promise((resolve) => listener.close(resolve));
    t.after(() => void listener.close());
    let isHeld = true;
    first.answer = async (body, machine, signal) =>
      isHeld && body.kind === "startReplica" && machine === "db"
        ? orAborted(new Promise(() => undefined), signal)
        : undefined;
    const text = `steps: [${step.replace("PORT", String(port))}, {machine: web, after: [one]}]`;
    const run = await runOf(server, text);
    await eventually(async () => statesOf(await shownRun(server, run.id))["one"] === state);
    if (kind === "script") await eventually(async () => (await readFile(out, "utf8").catch(() => "")) !== "");
    isHeld = false;
    const again = await startedAgain(t, stage);
    if (kind === "health") listener.listen(port, "127.0.0.1");
    if (end === "asking") {
      await eventually(async () => statesOf(await shownRun(again, run.id))["one"] === "asking");
      const params = { run: run.id, step: "one" };
      await again.client.call("continuePlanRun", { params, body: { outcome: "done" } });
    }
    const done = await endedRun(again, run.id);
    assert.deepEqual([statesOf(done), done.state], [{ one: "done", web: "done" }, "succeeded"]);
    assert.equal((await ended(again, run.job)).state, "succeeded");
    if (kind === "script") assert.equal(await readFile(out, "utf8"), "begun\n");
    const { items } = await again.client.call("listFailovers", {});
    assert.deepEqual(
      items.map(({ machine }) => machine).toSorted(),
      [...(kind === "machine" ? [machineIds.db] : []), machineIds.web].toSorted(),
      "one failover of each machine",
    );
  });
}

void test("a run that stands in a backup is not gone on with where that is restored", async (t) => {
  const stage = await planStage(t);
  const { server, folder } = stage;
  const run = await runOf(server, "steps: [{name: look, manual: Look.}, {machine: db, after: [look]}]");
  await eventually(async () => statesOf(await shownRun(server, run.id))["look"] === "asking");
  await server.client.backup(async (bytes) => writeFile(`${folder}/backup`, bytes));
  await server.stop();
  await restoreTest(`${folder}/backup`, `${folder}/restored`);
  const restored = await startServer(t, `${folder}/restored`, { apiPort: String(server.port) });
  const token = (await readFile(`${server.home}/operator.token`, "utf8")).trim();
  const found = await restored.clientWith(token).call("showPlanRun", { params: { run: run.id } });
  assert.deepEqual([found.state, statesOf(found)], ["cancelled", { look: "left-out", db: "left-out" }]);
});
