import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ApiClient } from "@leeward/api";
import { AgentLoad, type LoadReport } from "../../../test/src/harness/agent-load/agent-load.ts";
import { startChain } from "../run/bench-chain.ts";
import type { BenchContext } from "../run/bench-context.ts";
import { usageOf } from "../run/process-usage.ts";
import type { Row } from "../run/row.ts";

const SUITE = "control-plane";
const AGENTS = 2_000;
const AGENTS_QUICK = 200;
const CALLS = 200;
const KiB = 1024;
const MiB = 1024 * KiB;
const JOIN_LIMIT_MS = 1_800_000;
/** A call under load may take this many times what it takes of an idle server. */
const SLOWER_MAX = 20;

/** One machine that the server has had from the start on. */
const MACHINE = "bench";

interface Figures {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const CALLED = {
  "whether it answers": (client) => client.live(),
  "one machine": (client) => client.showMachine({ params: { machine: MACHINE } }),
  "100 machines": (client) => client.listMachines({ query: { limit: 100 } }),
  "all that needs a person": (client) => client.status({ query: { limit: 100 } }),
} as const satisfies Readonly<Record<string, (client: ApiClient) => Promise<unknown>>>;

/** The config server under many agents, beside the same server before they came. */
export async function controlPlaneSuite(context: BenchContext): Promise<readonly Row[]> {
  const { place, isQuick, say } = context;
  const agents = isQuick ? AGENTS_QUICK : AGENTS;
  const { chain, client } = await startChain(context);
  const pid = (await chain.processes())["config-server"] ?? 0;
  say("an idle server");
  const idle = await figuresOf(client);
  const before = await usageOf(pid);
  const { server } = chain;
  const url = server?.ready.apiUrl ?? "";
  const home = chain.serverHome;
  const folder = join(place.folder, "agents");
  await mkdir(folder);
  say(`${agents} agents enrol`);
  const files = { caFile: `${home}/ca.pem`, tokenFile: `${home}/operator.token`, folder };
  const starting = new AgentLoad({ urls: [url], ...files, count: agents, protects: true, serves: true });
  const { thing: load } = await place.take(Promise.resolve(starting), (started) => started.stop());
  const comeFrom = performance.now();
  await load.until("all agents have their sessions", isReady(agents, say), JOIN_LIMIT_MS);
  say(`all have their sessions, after ${((performance.now() - comeFrom) / 1_000).toFixed(0)} s`);
  load.takePings();
  const begun = performance.now();
  const atBegin = await usageOf(pid);
  const loaded = await figuresOf(client);
  const seconds = (performance.now() - begun) / 1_000;
  const after = await usageOf(pid);
  const pings = { "under calls": percentilesOf(load.takePings()), "at rest": await pingsOf(load, agents) };
  const restSeconds = (performance.now() - begun) / 1_000 - seconds;
  const rested = await usageOf(pid);
  return [
    ...["whether it answers", "one machine"].flatMap((name) => rowsOf(name, idle.get(name), loaded.get(name))),
    ...listRowsOf(loaded, agents),
    {
      suite: SUITE,
      name: `memory with ${agents} agents`,
      measured: { value: after.residentBytes / MiB, unit: "MiB" },
      against: { name: "without", value: before.residentBytes / MiB, unit: "MiB" },
      ratio: before.residentBytes / after.residentBytes,
    },
    {
      suite: SUITE,
      name: "memory per agent",
      measured: { value: (after.residentBytes - before.residentBytes) / agents / KiB, unit: "KiB" },
    },
    ...Object.entries(pings).flatMap(([when, figures]) =>
      (["p50Ms", "p99Ms"] as const).map((which) => ({
        suite: SUITE,
        name: `a session's ping ${when}, ${which.slice(0, 3)}`,
        measured: { value: figures[which], unit: "ms" },
      })),
    ),
    {
      suite: SUITE,
      name: `CPU with ${agents} agents under calls`,
      measured: { value: (after.cpuSeconds - atBegin.cpuSeconds) / seconds, unit: "cores" },
    },
    {
      suite: SUITE,
      name: `CPU with ${agents} agents at rest`,
      measured: { value: (rested.cpuSeconds - after.cpuSeconds) / restSeconds, unit: "cores" },
    },
  ];
}

function rowsOf(name: string, idle: Figures | undefined, loaded: Figures | undefined): Row[] {
  if (idle === undefined || loaded === undefined) return [];
  const row = (which: string, of: (figures: Figures) => number): Row => ({
    suite: SUITE,
    name: `${name}, ${which}`,
    measured: { value: of(loaded), unit: "ms" },
    against: { name: "an idle server", value: of(idle), unit: "ms" },
    ratio: of(idle) / of(loaded),
  });
  return [
    { ...row("p50", ({ p50Ms }) => p50Ms), goal: { of: "ratio", atLeast: 1 / SLOWER_MAX } },
    row("p99", ({ p99Ms }) => p99Ms),
  ];
}

/** An idle server has nothing to list: what a list takes stands beside what it would take to ask for each thing in it. */
function listRowsOf(loaded: ReadonlyMap<string, Figures>, agents: number): Row[] {
  const [one, page, all] = ["one machine", "100 machines", "all that needs a person"].map((name) => loaded.get(name));
  if (one === undefined || page === undefined || all === undefined) return [];
  const row = (name: string, figures: Figures, against: { readonly name: string; readonly value: number }): Row[] => [
    {
      suite: SUITE,
      name: `${name}, p50`,
      measured: { value: figures.p50Ms, unit: "ms" },
      against: { ...against, unit: "ms" },
      ratio: against.value / figures.p50Ms,
      goal: { of: "ratio", atLeast: 1 },
    },
    { suite: SUITE, name: `${name}, p99`, measured: { value: figures.p99Ms, unit: "ms" } },
  ];
  const pages = agents / 100;
  return [
    ...row("100 machines", page, { name: "one machine, 100 times", value: one.p50Ms * 100 }),
    ...row("all that needs a person", all, { name: "all pages of machines", value: page.p50Ms * pages }),
  ];
}

async function figuresOf(client: ApiClient): Promise<ReadonlyMap<string, Figures>> {
  const figures = new Map<string, Figures>();
  for (const [name, call] of Object.entries(CALLED)) {
    const took: number[] = [];
    for (let index = 0; index < CALLS; index += 1) {
      const begun = performance.now();
      await call(client);
      took.push(performance.now() - begun);
    }
    figures.set(name, percentilesOf(took));
  }
  return figures;
}

function percentilesOf(tookMs: readonly number[]): Figures {
  const sorted = tookMs.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** Of as many pings as there are agents, from now on: each sends one every ten seconds. */
async function pingsOf(load: AgentLoad, agents: number): Promise<Figures> {
  const took: number[] = [];
  await load.until("every agent has sent a ping", () => {
    took.push(...load.takePings());
    return took.length >= agents;
  });
  return percentilesOf(took);
}

/** Whether all have come; says so of each tenth. */
function isReady(agents: number, say: BenchContext["say"]): (report: LoadReport) => boolean {
  let told = 0;
  return ({ joined, connected }) => {
    const tenths = Math.floor((joined / agents) * 10);
    if (tenths > told) say(`${joined} have come`);
    told = tenths;
    return joined === agents && connected === agents;
  };
}
