// What is done in a step, from the state that it is found in. Its next state is stored before anything is begun; `carry` settles when the step has
// ended or a person is asked, and rejects with the signal's reason when that aborts first: the next start goes on from what is stored.
import { errorBodyOf, faultOf, type PlanKind } from "@leeward/api";
import { assert, type Fault, isFault, MICROS_PER_MS, MICROS_PER_SECOND, orAborted } from "@leeward/base";
import type { Begun } from "../failover/failovers.ts";
import { jobInterrupted } from "../faults.ts";
import { hasEnded } from "../jobs/job-runner.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { PlanRunRow, PlanRunStepRow } from "../store/plan-run-rows.ts";
import type { ActionEnd } from "./actions.ts";
import { planHealthFailed, planScriptFailed } from "./plan-faults.ts";
import { actorOf, type RunMeans } from "./run-means.ts";
import { moveStep } from "./transitions.ts";

/** Begins a step that waits: it is stored as begun when this returns. What can go wrong later is the step's own end. */
export function begin(means: RunMeans, run: PlanRunRow, row: PlanRunStepRow): void {
  const { store, clock } = means;
  const nowMicros = clock.wallMicros();
  if (row.definition.kind === "machine") {
    beginMachine(means, run, row);
    return;
  }
  if (row.definition.kind === "manual") {
    ask(means, run, row, row.definition.manual ?? "");
    return;
  }
  moveStep(store, row, { to: "running", nowMicros });
}

/** Puts a step to a person, with an event that says what is wanted. */
export function ask(means: RunMeans, run: PlanRunRow, row: PlanRunStepRow, said: string): void {
  const { store, clock, events } = means;
  const { name } = row.definition;
  store.transaction(() => {
    if (!moveStep(store, row, { to: "asking", nowMicros: clock.wallMicros(), facts: { said } })) return;
    const message = `The run ${run.id} of the recovery plan ${run.planName} waits for a person at its step ${name}: ${said}`;
    const detail = { run: run.id, step: name };
    events.add(actorOf(run), { severity: "warning", kind: "plan-step-asks", subject: run.planName, message, detail });
  });
}

/** The failover, its job, and that this step has begun it are one transaction: a step has one failover at most, whenever the server is killed. */
function beginMachine(means: RunMeans, run: PlanRunRow, row: PlanRunStepRow): void {
  const { store, clock } = means;
  try {
    store.transaction(() => {
      const machine = store.members.byId(row.facts.machineId ?? "");
      assert(machine !== undefined, "a run's machines were known when it began, and stay known");
      const { failover, job } = beginFailover(means, { run, row, machine });
      const facts = { failoverId: failover.id, jobId: job.id };
      assert(moveStep(store, row, { to: "running", facts, nowMicros: clock.wallMicros() }), "a step is begun once");
    });
  } catch (error) {
    if (!isFault(error)) throw error;
    fail(means, row, error);
  }
}

function beginFailover(
  means: RunMeans,
  { run, row, machine }: { readonly run: PlanRunRow; readonly row: PlanRunStepRow; readonly machine: MemberRow },
): Begun {
  const failovers = means.failovers();
  const { at: own = "latest", ...settings } = row.definition.settings ?? {};
  const at = run.at ?? own;
  const force = run.forced ? { force: true } : {};
  const begins: Readonly<Record<PlanKind, () => Begun>> = {
    test: () => failovers.beginTest(machine, { at, ...settings }, actorOf(run)),
    planned: () => failovers.beginPlanned(machine, { ...settings, ...force }, actorOf(run)),
    unplanned: () => failovers.beginUnplanned(machine, { at, ...settings, ...force }, actorOf(run)),
  };
  return begins[run.kind]();
}

/** Carries a step that runs to its end. */
export async function carry(
  means: RunMeans,
  { run, row, signal }: { readonly run: PlanRunRow; readonly row: PlanRunStepRow; readonly signal: AbortSignal },
): Promise<void> {
  try {
    const end = await endOf(means, { run, row, signal });
    if (end.ok) moveStep(means.store, row, { to: "done", nowMicros: means.clock.wallMicros(), facts: factsOf(end) });
    else fail(means, row, faultOfEnd(row, end), end);
  } catch (error) {
    if (signal.aborted || !isFault(error)) throw error;
    fail(means, row, error);
  }
}

async function endOf(
  means: RunMeans,
  { run, row, signal }: { readonly run: PlanRunRow; readonly row: PlanRunStepRow; readonly signal: AbortSignal },
): Promise<ActionEnd> {
  const { definition } = row;
  switch (definition.kind) {
    case "machine":
      return jobEnd(means, row, signal);
    case "wait":
      await waited(means, row, signal);
      return { ok: true, said: "" };
    case "script": {
      const { script } = definition;
      assert(script !== null, "a step of a script has one");
      const { file, limitSeconds } = script;
      if (script.in === "replica") return runInReplica(means, { run, row, signal });
      // Whoever cancels the run leaves the script as it is: it is not the run's signal that ends it.
      const running = means.scripts.run({ file, limitSeconds, environment: environmentOf(means, run, row) });
      return orAborted(running, signal);
    }
    case "health": {
      const { health } = definition;
      assert(health !== null, "a step of a check has one");
      return means.health(health, signal);
    }
    case "manual":
      throw new Error("a manual step is a person's");
  }
}

/** Once: when nobody says how it ended, the step fails and says so. @throws Fault `plan-script-missing`, and what the machine's target says */
async function runInReplica(
  means: RunMeans,
  { run, row, signal }: { readonly run: PlanRunRow; readonly row: PlanRunStepRow; readonly signal: AbortSignal },
): Promise<ActionEnd> {
  const { script } = row.definition;
  assert(script !== null, "a step of a script has one");
  const environment = environmentOf(means, run, row);
  const failoverId = environment["LEEWARD_FAILOVER"] ?? "";
  const content = await means.scripts.content(script.file);
  return means.guestScripts(failoverId, { content, limitSeconds: script.limitSeconds, environment }, signal);
}

/** Of the machine's failover. @throws the job's own fault */
async function jobEnd(means: RunMeans, { facts }: PlanRunStepRow, signal: AbortSignal): Promise<ActionEnd> {
  const jobs = means.jobs();
  for (;;) {
    const next = jobs.changed();
    const { state, error } = jobs.find(facts.jobId ?? "");
    if (hasEnded(state)) {
      if (state === "succeeded") return { ok: true, said: "" };
      throw error === null ? jobInterrupted() : faultOf(error);
    }
    await orAborted(next, signal);
  }
}

/** Counted from when it began, over restarts; a clock that was set back makes it no longer than it is. */
async function waited(
  { clock }: RunMeans,
  { begunMicros, definition }: PlanRunStepRow,
  signal: AbortSignal,
): Promise<void> {
  const all = (definition.waitSeconds ?? 0) * MICROS_PER_SECOND;
  const passed = Math.max(0, clock.wallMicros() - (begunMicros ?? 0));
  if (passed < all) await clock.sleep((all - passed) / MICROS_PER_MS, signal);
}

/** What a script is told: by whom it is run and why, and of which machine. */
function environmentOf(
  { store }: RunMeans,
  run: PlanRunRow,
  { runId, definition }: PlanRunStepRow,
): Record<string, string> {
  const of = definition.script?.of ?? onlyMachine(definition.after.map((name) => store.planRuns.step(runId, name)));
  const step = of === undefined ? undefined : store.planRuns.step(runId, of);
  const machine = store.members.byId(step?.facts.machineId ?? "");
  return {
    LEEWARD_PLAN: run.planName,
    LEEWARD_RUN: run.id,
    LEEWARD_KIND: run.kind,
    LEEWARD_STEP: definition.name,
    LEEWARD_MACHINE: machine?.name ?? "",
    LEEWARD_FAILOVER: step?.facts.failoverId ?? "",
  };
}

/** Where a step comes after one machine alone, it is about that. */
function onlyMachine(before: readonly (PlanRunStepRow | undefined)[]): string | undefined {
  const machines = before.flatMap((row) => (row?.definition.kind === "machine" ? [row.definition.name] : []));
  return machines.length === 1 ? machines[0] : undefined;
}

function factsOf({ said }: ActionEnd): PlanRunStepRow["facts"] {
  return said === "" ? {} : { said };
}

function fail(
  { store, clock }: RunMeans,
  row: PlanRunStepRow,
  fault: Fault,
  end: ActionEnd = { ok: false, said: "" },
): void {
  const { error } = errorBodyOf(fault);
  moveStep(store, row, { to: "failed", nowMicros: clock.wallMicros(), error, facts: factsOf(end) });
}

function faultOfEnd({ definition }: PlanRunStepRow, { said }: ActionEnd): Fault {
  const { script, health } = definition;
  if (script !== null) return planScriptFailed(script.file, said);
  const { tcp, http } = health ?? { tcp: null, http: null };
  return planHealthFailed(tcp === null ? (http?.url ?? "") : `${tcp.host}:${tcp.port}`, said);
}
