// Every transition of a failover survives a kill of any daemon: before the step is stored, between store and effect, and after the effect. What there is to be
// killed at is generated from the table of states; so a state or an edge that is added there, and that no life passes, fails here.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Random, seededRandom } from "@leeward/base";
import { FULL } from "@leeward/world/testing";
import { COMBINATIONS, type Combination, EDGES, edgeName, type Kind, nameOf, STATES } from "./edges.ts";
import { FailoverRun } from "./failover-run.ts";
import { LIVES, type Life } from "./lives.ts";

const SEED = 7_000;
/** A daemon may be down at its moment for what it was killed for before: then it is tried in another life. */
const ROUNDS_MAX = 4;

/** What a life passes, without kills. */
interface Course {
  readonly life: Life;
  readonly edges: ReadonlySet<string>;
  readonly states: ReadonlySet<string>;
}

const courses: Course[] = [];

describe("a failover over all four daemons", () => {
  test("whatever the table allows is passed by some life, and nothing else", async () => {
    for (const [index, life] of LIVES.entries()) {
      const edges = new Set<string>();
      const states = new Set<string>();
      await live(life, { seed: SEED + index, kills: [], edges, states });
      courses.push({ life, edges, states });
    }
    const passed = new Set(courses.flatMap(({ edges }) => [...edges]));
    assert.deepEqual([...passed].toSorted(), EDGES.map(({ name }) => name).toSorted());
    const stood = new Set(courses.flatMap(({ states }) => [...states]));
    assert.deepEqual([...stood].toSorted(), [...STATES].toSorted());
  });

  test("each edge comes to its end over a kill of each daemon", async (context) => {
    const made = new Set<string>();
    const random = seededRandom(SEED);
    let lives = 0;
    let kills = 0;
    const play = async ({ life }: Course, wanted: readonly Combination[]): Promise<void> => {
      lives += 1;
      const names = await live(life, { seed: SEED + 100 + lives, kills: wanted });
      kills += names.length;
      for (const name of names) made.add(name);
    };
    if (FULL) await playEach(COMBINATIONS, made, play);
    else await playSample(made, random, play);
    const cannot = EDGES.flatMap(({ name, noEffect }) => (noEffect === undefined ? [] : [`${name}: ${noEffect}`]));
    context.diagnostic(`${kills} kills in ${lives} lives, at ${made.size} of ${COMBINATIONS.length} combinations`);
    for (const each of cannot) context.diagnostic(`no effect to be killed after, ${each}`);
    const missing = FULL
      ? COMBINATIONS.filter((each) => !made.has(nameOf(each))).map(nameOf)
      : pairs().filter((pair) => !pair.some((each) => made.has(nameOf(each))));
    assert.deepEqual(missing, []);
  });
});

type Play = (course: Course, wanted: readonly Combination[]) => Promise<void>;

/** Each by itself, in whichever life it can be made. */
async function playEach(wanted: readonly Combination[], made: ReadonlySet<string>, play: Play): Promise<void> {
  for (const combination of wanted)
    for (const course of courses)
      if (course.edges.has(combination.edge.name) && !made.has(nameOf(combination))) await play(course, [combination]);
}

/** Each edge with each daemon, at a place of chance; as many kills in one life as it has edges. */
async function playSample(made: ReadonlySet<string>, random: Random, play: Play): Promise<void> {
  const isMade = (pair: readonly Combination[]): boolean => pair.some((each) => made.has(nameOf(each)));
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    // Each round begins with another, so that both kinds have their share.
    for (const course of [...courses.slice(round), ...courses.slice(0, round)]) {
      for (;;) {
        const left = pairs()
          .filter((pair) => !isMade(pair))
          .map((pair) => pair.filter(({ edge }) => course.edges.has(edge.name)))
          .filter((pair) => pair.length > 0);
        const byEdge = Map.groupBy(left, (pair) => pair[0]?.edge.name ?? "");
        const wanted = [...byEdge.values()].flatMap((of) => chosen(chosen(of, random), random) ?? []);
        const before = made.size;
        if (wanted.length > 0) await play(course, wanted);
        if (made.size === before) break;
      }
    }
  }
}

/** By edge and daemon: where it can be killed there. Planned and unplanned failovers have their edges in common, and either is one. */
function pairs(): (readonly Combination[])[] {
  const tableOf = (kind: Kind): string => (kind === "test" ? "test" : "real");
  const keyOf = ({ edge: { kind, from, to }, daemon }: Combination): string =>
    `${tableOf(kind)} ${from} ${to} ${daemon}`;
  return [...Map.groupBy(COMBINATIONS, keyOf).values()];
}

function chosen<T>(all: readonly T[] | undefined, random: Random): T | undefined {
  return all?.[random.below(all.length)];
}

/** Plays a life; which kills were made. */
async function live(
  life: Life,
  {
    seed,
    kills,
    edges,
    states,
  }: {
    readonly seed: number;
    readonly kills: readonly Combination[];
    readonly edges?: Set<string>;
    readonly states?: Set<string>;
  },
): Promise<readonly string[]> {
  using run = new FailoverRun({
    seed,
    kills,
    onMove: (move) => {
      for (const state of [move.from, move.to]) states?.add(`${move.kind}: ${state}`);
      // In the same state something became known of it.
      if (move.from !== move.to) edges?.add(edgeName(move));
    },
  });
  try {
    await run.play(life.play);
  } catch (error) {
    const where = `${life.name}, seed ${seed}; killed: ${run.killer.made.join("; ") || "nobody"}`;
    throw new Error(where, { cause: error });
  }
  return run.killer.made;
}
