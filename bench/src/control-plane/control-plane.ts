import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ApiClient } from "@leeward/api";
import { startChain } from "../run/bench-chain.ts";
import type { BenchContext } from "../run/bench-context.ts";
import { usageOf } from "../run/process-usage.ts";
import type { Row } from "../run/row.ts";

const SUITE = "control-plane";
const AGENTS = 2_000;
const AGENTS_QUICK = 200;
const CALLS = 200;
const MiB = 1024 * 1024;
/** A call under load may take this many times what it takes of an idle server, which has nothing to list. */
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
  const load = place.start(process.execPath, [
    join(import.meta.dirname, "load.ts"),
    ...[url, `${home}/ca.pem`, `${home}/operator.token`, folder, String(agents)],
  ]);
  await readyOf(load);
  say("all have their sessions");
  const begun = performance.now();
  const atBegin = await usageOf(pid);
  const loaded = await figuresOf(client);
  const seconds = (performance.now() - begun) / 1_000;
  const after = await usageOf(pid);
  return [
    ...Object.keys(CALLED).flatMap((name) => rowsOf(name, idle.get(name), loaded.get(name))),
    {
      suite: SUITE,
      name: `memory with ${agents} agents`,
      measured: { value: after.residentBytesMax / MiB, unit: "MiB" },
      against: { name: "without", value: before.residentBytesMax / MiB, unit: "MiB" },
      ratio: before.residentBytesMax / after.residentBytesMax,
    },
    {
      suite: SUITE,
      name: `CPU with ${agents} agents, the calls included`,
      measured: { value: (after.cpuSeconds - atBegin.cpuSeconds) / seconds, unit: "cores" },
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

async function figuresOf(client: ApiClient): Promise<ReadonlyMap<string, Figures>> {
  const figures = new Map<string, Figures>();
  for (const [name, call] of Object.entries(CALLED)) {
    const took: number[] = [];
    for (let index = 0; index < CALLS; index += 1) {
      const begun = performance.now();
      await call(client);
      took.push(performance.now() - begun);
    }
    took.sort((a, b) => a - b);
    const at = (share: number): number => took[Math.floor(share * (took.length - 1))] ?? 0;
    figures.set(name, { p50Ms: at(0.5), p99Ms: at(0.99) });
  }
  return figures;
}

/** Resolves when the agents have their sessions; rejects with what their process said when it ended before. */
function readyOf(load: ReturnType<BenchContext["place"]["start"]>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let said = "";
  load.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  load.stdout?.setEncoding("utf8").on("data", (text: string) => {
    if (text.includes("ready")) resolve();
  });
  load.once("exit", () => reject(new Error(`the agents' process ended: ${said}`)));
  return promise;
}
