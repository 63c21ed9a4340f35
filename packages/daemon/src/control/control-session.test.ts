import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "@leeward/base";
import { Authority, KeyStore } from "@leeward/identity";
import type { AgentPlan, NoticeBody } from "@leeward/proto";
import { Session, workOn } from "@leeward/wire";
import type { Network } from "@leeward/world";
import { crashSweep, type SimulatedWorld, simulatedNetwork, simulatedWorld } from "@leeward/world/testing";
import { ControlSession, silentTrace } from "../index.ts";
import { readPlan, writePlan } from "./plan-file.ts";

const HOME = "/home/agent";
const GONE = { host: "gone", port: 443 };
const SERVER = { host: "server", port: 443 };

const planOf = (version: number): AgentPlan => ({ version, machineName: "web", epoch: 1, disks: [] });
const statusOf = (planVersion: number): Extract<NoticeBody, { kind: "agentStatus" }> => ({
  kind: "agentStatus",
  value: { planVersion, agentVersion: "1", bootId: "", disks: [], inventoryJson: "", clockOffsetMicros: 0, links: [] },
});

interface Stage {
  readonly world: SimulatedWorld;
  readonly keyStore: KeyStore;
  readonly agentNetwork: Network;
  readonly serverNetwork: Network;
  readonly sever: () => void;
}

async function stage(seed: number): Promise<Stage> {
  const world = simulatedWorld({ seed });
  for (const folder of ["/ca", `${HOME}/identity`]) await world.files.makeFolder(folder);
  const authority = await Authority.open(world, "/ca");
  const keyStore = await KeyStore.open(world, `${HOME}/identity`);
  const certificatePem = await authority.issue(await keyStore.createRequest(), { role: "agent", id: "m1" });
  await keyStore.install({ certificatePem, caPem: authority.caPem, crlPem: authority.crlPem });
  const network = simulatedNetwork({ clock: world.clock, random: world.random });
  return {
    world,
    keyStore,
    agentNetwork: network.join("agent", { role: "agent", id: "m1", fingerprint: "a" }),
    serverNetwork: network.join("server", { role: "config-server", id: "s", fingerprint: "b" }),
    sever: () => network.sever("agent", "server"),
  };
}

interface Agent {
  readonly control: ControlSession<"agentPlan">;
  readonly applied: number[];
  /** What was the newest whenever that was told. */
  readonly told: number[];
  /** What the next `apply` meets. */
  refusals: Fault[];
}

async function agentOf({ world, keyStore, agentNetwork }: Stage): Promise<Agent> {
  const agent: Omit<Agent, "control"> = { applied: [], told: [], refusals: [] };
  const control: ControlSession<"agentPlan"> = await ControlSession.open({
    world,
    trace: silentTrace,
    network: agentNetwork,
    keyStore,
    // Where nobody is comes first: whoever is served was found at the second.
    servers: [GONE, SERVER],
    home: HOME,
    planKind: "agentPlan",
    softwareVersion: "1",
    async apply(plan) {
      const refusal = agent.refusals.shift();
      if (refusal !== undefined) throw refusal;
      agent.applied.push(plan.version);
    },
    status: () => statusOf(control.appliedVersion),
    answer: async () => ({ kind: "candidateList", value: { items: [] } }),
    onPlanTold: () => void agent.told.push(control.appliedVersion),
  });
  return Object.assign(agent, { control });
}

/** Takes one session and gives it to `work`; the session ends when that settles. */
async function serve(
  { world, serverNetwork }: Stage,
  work: (session: Session, notices: AsyncIterator<NoticeBody>, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  await using listener = await serverNetwork.listen(SERVER);
  for await (const channel of listener.accept(stop.signal)) {
    const session = await Session.accept(channel, { clock: world.clock, softwareVersion: "1" }, stop.signal);
    await workOn(session, stop.signal, (each, signal) => work(each, noticesOf(each), signal));
    return;
  }
}

async function* noticesOf(session: Session): AsyncGenerator<NoticeBody> {
  for await (const { body } of session.messages()) {
    if (body.kind === "controlNotice") yield body.value.body;
  }
}

async function until(notices: AsyncIterator<NoticeBody>, wanted: (notice: NoticeBody) => boolean): Promise<NoticeBody> {
  for (;;) {
    const next = await notices.next();
    assert.notEqual(next.done, true);
    if (next.done !== true && wanted(next.value)) return next.value;
  }
}

const reports =
  (version: number) =>
  (notice: NoticeBody): boolean =>
    notice.kind === "agentStatus" && notice.value.planVersion === version;

void test("a plan is stored, applied and reported; an older one is not taken; without a server the stored one is applied", async () => {
  const on = await stage(1);
  const stop = new AbortController();
  await on.world.clock.run(async () => {
    const agent = await agentOf(on);
    const running = agent.control.run(stop.signal);
    await serve(on, async (session, notices, signal) => {
      await session.notify({ kind: "agentPlan", value: planOf(4) });
      await until(notices, reports(4));
      await session.notify({ kind: "agentPlan", value: planOf(3) });
      await session.notify({ kind: "agentPlan", value: planOf(5) });
      await until(notices, reports(5));
      const { items } = await session.request({ kind: "listCandidates", value: {} }, signal);
      assert.deepEqual(items, []);
    });
    stop.abort();
    await running;
    assert.deepEqual(agent.applied, [4, 5]);

    const again = await agentOf(on);
    const stopAgain = new AbortController();
    const runningAgain = again.control.run(stopAgain.signal);
    await on.world.clock.sleep(1_000, stopAgain.signal);
    assert.deepEqual(again.applied, [5]);
    assert.equal(again.control.connected, false);
    stopAgain.abort();
    await runningAgain;
  });
});

void test("whoever waits for it is told when the server says that the applied plan is the newest, and not by the stored one, nor before a newer one is applied", async () => {
  const on = await stage(3);
  await writePlan(on.world.files, HOME, { kind: "agentPlan", value: planOf(4) });
  const stop = new AbortController();
  await on.world.clock.run(async () => {
    const agent = await agentOf(on);
    const running = agent.control.run(stop.signal);
    await on.world.clock.sleep(1_000, stop.signal);
    assert.deepEqual([agent.applied, agent.told, agent.control.isTold], [[4], [], false]);
    await serve(on, async (session, notices) => {
      await session.notify({ kind: "agentPlan", value: planOf(3) });
      await session.request({ kind: "listCandidates", value: {} }, stop.signal);
      assert.deepEqual([agent.told, agent.control.isTold], [[], false]);
      await session.notify({ kind: "agentPlan", value: planOf(4) });
      await session.request({ kind: "listCandidates", value: {} }, stop.signal);
      assert.deepEqual([agent.told, agent.control.isTold], [[4], true]);
      agent.refusals.push(new Fault({ code: "disk-busy", kind: "transient", message: "It is in use." }));
      await session.notify({ kind: "agentPlan", value: planOf(5) });
      await session.request({ kind: "listCandidates", value: {} }, stop.signal);
      assert.deepEqual([agent.told, agent.control.isTold], [[4], false]);
      await until(notices, reports(5));
      assert.deepEqual([agent.told, agent.control.isTold], [[4, 5], true]);
    });
    stop.abort();
    await running;
  });
});

void test("a plan that cannot be applied is tried again, and events wait for a session", async () => {
  const on = await stage(2);
  const stop = new AbortController();
  await on.world.clock.run(async () => {
    const agent = await agentOf(on);
    agent.refusals = [new Fault({ code: "disk-missing", kind: "operator", message: "Not yet.", remedy: "Mend it." })];
    for (let index = 0; index < 300; index += 1) {
      const message = String(index);
      agent.control.report({ kind: "disk-stopped", subject: "d", message, detail: {}, severity: "warning" });
    }
    const running = agent.control.run(stop.signal);
    await serve(on, async (session, notices) => {
      await session.notify({ kind: "agentPlan", value: planOf(1) });
      const first = await until(notices, (notice) => notice.kind === "event");
      assert.equal(first.kind === "event" ? first.value.message : "", "44");
      await until(notices, reports(1));
    });
    assert.deepEqual(agent.applied, [1]);
    stop.abort();
    await running;
  });
});

void test("a broken session comes back, and an error that is no Fault ends the run", async () => {
  const on = await stage(3);
  const stop = new AbortController();
  await on.world.clock.run(async () => {
    const agent = await agentOf(on);
    const running = agent.control.run(stop.signal);
    await assert.rejects(
      serve(on, async (_session, notices, signal) => {
        await until(notices, reports(0));
        on.sever();
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
        signal.throwIfAborted();
      }),
      { code: "peer-lost" },
    );
    await serve(on, async (_session, notices) => void (await until(notices, reports(0))));
    stop.abort();
    await running;

    const failing = await agentOf(on);
    Object.assign(failing, { applied: { push: () => assert.fail("a mistake") } });
    const runningFailing = failing.control.run(new AbortController().signal);
    runningFailing.catch(() => undefined);
    await serve(on, async (session, _notices, signal) => {
      await session.notify({ kind: "agentPlan", value: planOf(9) });
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    });
    await assert.rejects(runningFailing, /a mistake/);
  });
});

void test("a damaged plan file is reported and replaced by the next plan", async () => {
  const { files } = simulatedWorld({ seed: 5 });
  await files.makeFolder(HOME);
  await writePlan(files, HOME, { kind: "agentPlan", value: planOf(7) });
  assert.deepEqual(await readPlan(files, HOME), { kind: "agentPlan", value: planOf(7) });
  const size = (await files.status(`${HOME}/plan.bin`))?.sizeBytes ?? 0;
  for (let position = 0; position < size; position += 1) {
    await writePlan(files, HOME, { kind: "agentPlan", value: planOf(7) });
    files.rot(`${HOME}/plan.bin`, position);
    await assert.rejects(readPlan(files, HOME), { code: "plan-damaged" });
  }
});

void test("a loss of power while a plan is stored leaves the old or the new one", async () => {
  await crashSweep(
    {
      async prepare(files) {
        await files.makeFolder("/h");
        await files.syncFolder("/");
        await writePlan(files, "/h", { kind: "agentPlan", value: planOf(1) });
      },
      work: (files) => writePlan(files, "/h", { kind: "agentPlan", value: planOf(2) }),
      async verify(files, { done }) {
        const plan = await readPlan(files, "/h");
        assert.ok(plan?.kind === "agentPlan" && (plan.value.version === 2 || (!done && plan.value.version === 1)));
      },
    },
    { seed: 4 },
  );
});
