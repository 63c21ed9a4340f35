import assert from "node:assert/strict";
import { test } from "node:test";
import { Job } from "@leeward/api";
import { randomId, Waiters } from "@leeward/base";
import { silentTrace } from "@leeward/daemon";
import { nodeClock, nodeRandom } from "@leeward/world";
import fc from "fast-check";
import { EventLog, SELF } from "../events/event-log.ts";
import type { Failovers } from "../failover/failovers.ts";
import { JobRunner, type JobWork } from "../jobs/job-runner.ts";
import type { JobRow } from "../store/job-rows.ts";
import type { Store } from "../store/store.ts";
import { temporaryFolder } from "../testing/node-test-server.ts";
import { openTestStore } from "../testing/node-test-state.ts";
import type { ActionEnd, ScriptOrder, Scripts } from "./actions.ts";
import { planScriptMissing } from "./plan-faults.ts";
import { RecoveryPlans } from "./recovery-plans.ts";
import type { RunMeans } from "./run-means.ts";
import { planWork } from "./run-work.ts";
import { hasStepEnded } from "./transitions.ts";

/** Scripts that are counted; some fail, and some have the server stopped while they run. */
class CountedScripts implements Scripts {
  readonly counts = new Map<string, number>();
  readonly #of: { readonly fails: ReadonlySet<string>; readonly stops: Set<string>; readonly store: Store };
  #stop = new AbortController();

  constructor(of: { readonly fails: ReadonlySet<string>; readonly stops: Set<string>; readonly store: Store }) {
    this.#of = of;
  }

  /** Of the next life of the server. */
  begin(): AbortController {
    this.#stop = new AbortController();
    return this.#stop;
  }

  async check(file: string): Promise<void> {
    if (file === "") throw planScriptMissing(file, "it has no name");
  }

  async content(): Promise<Uint8Array> {
    assert.fail("there are no machines");
  }

  async run({ environment }: ScriptOrder): Promise<ActionEnd> {
    const { LEEWARD_STEP: name = "", LEEWARD_RUN: run = "" } = environment;
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    const row = this.#of.store.planRuns.step(run, name);
    assert.equal(row?.state, "running", "that it is begun is stored before");
    for (const each of row.definition.after) {
      const before = this.#of.store.planRuns.step(run, each);
      const isPassedOver = before?.state === "failed" && before.definition.onFailure === "continue";
      assert.ok(before?.state === "done" || isPassedOver, `${name} begins after ${each}`);
    }
    const stop = this.#stop;
    await Promise.resolve();
    if (this.#of.stops.delete(name)) stop.abort(new Error("the server stops"));
    stop.signal.throwIfAborted();
    return { ok: !this.#of.fails.has(name), said: "" };
  }
}

const steps = fc.array(
  fc.record({
    after: fc.array(fc.nat(20), { maxLength: 3 }),
    kind: fc.constantFrom("script", "script", "manual", "wait"),
    onFailure: fc.constantFrom(undefined, undefined, "continue", "stop"),
    fails: fc.boolean(),
    stops: fc.boolean(),
  }),
  { minLength: 1, maxLength: 9 },
);

void test("over any pattern of restarts no script runs twice or before its time, and every run ends", async (t) => {
  const folder = await temporaryFolder(t);
  using store = await openTestStore(folder);
  await fc.assert(
    fc.asyncProperty(steps, async (drafts) => {
      const named = drafts.map(({ after, kind, onFailure }, index) => ({
        name: `s${index}`,
        after: index === 0 ? [] : [...new Set(after.map((each) => `s${each % index}`))],
        ...(onFailure === undefined ? {} : { onFailure }),
        ...(kind === "script" ? { script: { file: "x" } } : kind === "wait" ? { wait: 0 } : { manual: "Look." }),
      }));
      const those = (wanted: "fails" | "stops"): Set<string> =>
        new Set(drafts.flatMap((draft, index) => (draft[wanted] ? [`s${index}`] : [])));
      const stops = those("stops");
      const scripts = new CountedScripts({ fails: those("fails"), stops, store });
      const id = await ranToItsEnd(store, scripts, JSON.stringify({ steps: named }));
      for (const [name, count] of scripts.counts) assert.equal(count, 1, name);
      assert.ok(store.planRuns.stepsOf(id).every(hasStepEnded));
      assert.notEqual(store.planRuns.byId(id)?.state, "running");
    }),
    { numRuns: 40 },
  );
});

/** Has a plan run, and the server started again whenever a script stopped it; whoever is asked says that it is done. */
async function ranToItsEnd(store: Store, scripts: CountedScripts, text: string): Promise<string> {
  let runId: string | undefined;
  for (;;) {
    const stop = scripts.begin();
    const { plans, jobs } = serverOf(store, scripts);
    const running = jobs.run(stop.signal);
    if (runId === undefined) {
      const name = `p${randomId(nodeRandom)}`;
      plans.create({ name, text }, SELF);
      runId = plans.run(name, { kind: "test" }, SELF).run.id;
    }
    const run = store.planRuns.byId(runId);
    assert.ok(run !== undefined);
    while (!stop.signal.aborted && store.jobs.byId(run.jobId)?.endedMicros === null) {
      for (const { definition, state } of store.planRuns.stepsOf(runId))
        if (state === "asking" && !stop.signal.aborted) plans.answer(runId, definition.name, { outcome: "done" }, SELF);
      await new Promise((resolve) => setImmediate(resolve));
    }
    stop.abort(new Error("the test goes on"));
    await running;
    if (store.jobs.byId(run.jobId)?.endedMicros !== null) return runId;
  }
}

function serverOf(store: Store, scripts: Scripts): { plans: RecoveryPlans; jobs: JobRunner } {
  const clock = nodeClock;
  const events = new EventLog({ rows: store.events, clock, trace: silentTrace, kept: () => 1_000 });
  const none = (): never => assert.fail("there are no machines");
  const health = async (): Promise<ActionEnd> => ({ ok: true, said: "" });
  const failovers: () => Failovers = none;
  const means: RunMeans = {
    ...{ store, clock, random: nodeRandom, events, scripts, health, changed: new Waiters() },
    jobs: () => jobs,
    failovers,
    guestScripts: none,
  };
  const other: JobWork = { resumable: false, run: none, undo: none, progressOf: none };
  const work = planWork(means);
  const works = Object.fromEntries(
    KINDS.map((kind): [JobRow["kind"], JobWork] => [kind, kind === "recovery-plan" ? work : other]),
  );
  assert.ok(isWhole(works));
  const jobs: JobRunner = new JobRunner({ store, clock, events, trace: silentTrace, works });
  return { plans: new RecoveryPlans(means), jobs };
}

const KINDS: readonly JobRow["kind"][] = Job.properties.kind.enum;

function isWhole(works: Partial<Record<JobRow["kind"], JobWork>>): works is Record<JobRow["kind"], JobWork> {
  return KINDS.every((kind) => works[kind] !== undefined);
}
