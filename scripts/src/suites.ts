import { filesBelow } from "./repository.ts";

/** Test files that are run together, and how. A file that waits leaves its core to another. */
export interface Suite {
  readonly name: string;
  readonly files: readonly string[];
  /** How many files run at once. */
  readonly concurrency: number;
  /** What a file may take, far beyond what it does; one test of it, a little less. */
  readonly minutesMax: number;
}

const CORES = 2;
const TEST = /\.test\.ts$/;
/** What takes longer than others: a guest whose processor is emulated boots for half a minute, a planted bug is searched for over many seeds, and a peer may do all that another one did. */
const MINUTES_MAX: Readonly<Record<string, number>> = { guest: 30, sim: 20, peers: 20 };
/** Of the folders below test/src: the others share loop devices, or measure. */
const SIDE_BY_SIDE: ReadonlySet<string> = new Set(["e2e", "sim"]);
const PEERS = /\.peers\.test\.ts$/;
const FULL = /\.full\.test\.ts$/;

/**
 * Every test of the repository, in the order in which they run: what is quick and precise first. A test's suite follows from where its
 * file lies and from its ending, so that a new one needs no word here.
 *
 * - `unit`: beside the sources of a package
 * - `rules`: what the repository demands of itself (scripts/)
 * - one for each folder below test/src, by its name
 * - `peers`: `*.peers.test.ts`, which need the programs of scripts/peers.txt
 * - `full`: `*.full.test.ts`, for which nobody waits every time
 */
export function suites({ full }: { readonly full: boolean }): Suite[] {
  const plain = (path: string): boolean => !PEERS.test(path) && !FULL.test(path);
  const unit = ["packages", "proto", "bench", "manual", "release"].flatMap((folder) => filesBelow(folder, TEST));
  const rules = filesBelow("scripts", TEST);
  const whole = filesBelow("test", TEST);
  const all = [...unit, ...rules, ...whole];
  const folders = [...new Set(whole.map((path) => path.split("/")[2] ?? ""))].sort(byRank);
  const found: Suite[] = [
    { name: "unit", files: unit.filter(plain), concurrency: CORES + 1, minutesMax: full ? 30 : 3 },
    { name: "rules", files: rules.filter(plain), concurrency: CORES, minutesMax: 3 },
    ...folders.map((name) => {
      const files = whole.filter((path) => path.startsWith(`test/src/${name}/`) && plain(path));
      const minutesMax = full ? 60 : (MINUTES_MAX[name] ?? 8);
      return { name, files, concurrency: SIDE_BY_SIDE.has(name) ? CORES : 1, minutesMax };
    }),
    {
      name: "peers",
      files: all.filter((path) => PEERS.test(path)),
      concurrency: 1,
      minutesMax: MINUTES_MAX["peers"] ?? 8,
    },
    { name: "full", files: full ? all.filter((path) => FULL.test(path)) : [], concurrency: 1, minutesMax: 120 },
  ];
  return found.filter(({ files }) => files.length > 0);
}

/** The simulation first, since what it finds explains the rest; then by name. */
function byRank(one: string, other: string): number {
  const rank = (name: string): string => (name === "sim" ? `0${name}` : `1${name}`);
  return rank(one) < rank(other) ? -1 : 1;
}
