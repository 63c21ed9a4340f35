import type { ApiClient, Disk } from "@leeward/api";
import { Chain } from "../../../test/src/harness/chain.ts";
import { eventually } from "../../../test/src/harness/eventually.ts";
import type { BenchContext } from "./bench-context.ts";

const MACHINE = "bench";
const PROTECTED_LIMIT_MS = 1_800_000;

export interface BenchChain {
  readonly chain: Chain;
  readonly client: ApiClient;
  readonly end: () => Promise<void>;
}

/** The whole chain as separate processes; it is ended with the context's place, or before. Beside its folder of sources, `protectable` may be protected. */
export async function startChain(
  { place, profileFolder }: BenchContext,
  protectable: readonly string[] = [],
): Promise<BenchChain> {
  const options = profileFolder === undefined ? [] : [`--cpu-prof`, `--cpu-prof-dir=${profileFolder}`];
  const environment = options.length === 0 ? {} : { NODE_OPTIONS: options.join(" ") };
  const starting = Chain.start({ machine: MACHINE, environment, protectable });
  const { thing: chain, end } = await place.take(starting, (started) => started.stop({ keep: false }));
  return { chain, client: await chain.client(), end };
}

/** Has a disk protected; it may still be copied when this returns. */
export async function protectDisk(
  { client }: BenchChain,
  path: string,
  capture: "splitter" | "tracker" = "splitter",
): Promise<void> {
  await client.call("protectDisk", { params: { machine: MACHINE }, body: { path, capture } });
}

export async function theDisk({ client }: BenchChain): Promise<Disk> {
  const { items } = await client.call("listDisks", { query: { machine: MACHINE } });
  const [disk] = items;
  if (disk === undefined) throw new Error("the machine has no disk");
  return disk;
}

/** Waits until the first copy is journaled whole at the target, and a point of it can be recovered. */
export async function waitUntilProtected(bench: BenchChain, say: (text: string) => void): Promise<Disk> {
  let said = "";
  return eventually(
    "the disk is protected",
    async () => {
      const disk = await theDisk(bench);
      const faults = disk.faults.map(({ code }) => code).join(" ");
      const text = `${disk.state} ${faults}`.trim();
      if (text !== said) say(`the disk is ${text}`);
      said = text;
      return disk.state === "protected" ? disk : undefined;
    },
    PROTECTED_LIMIT_MS,
  );
}
