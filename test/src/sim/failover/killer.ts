// Kills daemons at the places that it was told, and starts them again a little later; counts what it did.
import { seededRandom } from "@leeward/base";
import type { Effects } from "../sim-control.ts";
import { type Combination, edgeName, nameOf, type Place } from "./edges.ts";
import type { Daemon, FailoverCluster } from "./failover-cluster.ts";
import type { FailoverMove } from "./observed-database.ts";

const DOWN_MS_MIN = 100;
const DOWN_MS_MAX = 3_000;
const NEVER = new AbortController().signal;

export class Killer {
  /** Names of what was killed, in their order. */
  readonly made: string[] = [];
  readonly #wanted: Combination[];
  readonly #random: ReturnType<typeof seededRandom>;
  /** Moves whose effect has not been seen. */
  #awaited: FailoverMove[] = [];
  readonly #restarts: Promise<void>[] = [];
  cluster: FailoverCluster | undefined;

  constructor(wanted: readonly Combination[], seed: number) {
    this.#wanted = [...wanted];
    this.#random = seededRandom(seed);
  }

  storing(move: FailoverMove): void {
    this.#at(move, "before the store");
  }

  stored(move: FailoverMove): void {
    this.#at(move, "after the store");
    this.#awaited.push(move);
  }

  readonly effects: Effects = {
    begun: () => undefined,
    done: () => {
      const seen = this.#awaited;
      this.#awaited = [];
      for (const move of seen) this.#at(move, "after the effect");
    },
  };

  /** Settles when whoever was killed is there again. */
  async settled(): Promise<void> {
    for (let known = -1; known < this.#restarts.length; ) {
      known = this.#restarts.length;
      await Promise.all(this.#restarts);
    }
  }

  #at(move: FailoverMove, place: Place): void {
    const name = edgeName(move);
    for (const wanted of [...this.#wanted]) {
      const { cluster } = this;
      // What is down already is not killed; the edge may be passed once more.
      if (wanted.edge.name !== name || wanted.place !== place || cluster?.isUp(wanted.daemon) !== true) continue;
      this.#wanted.splice(this.#wanted.indexOf(wanted), 1);
      this.made.push(nameOf(wanted));
      this.#kill(cluster, wanted.daemon);
    }
  }

  #kill(cluster: FailoverCluster, daemon: Daemon): void {
    const node = cluster.nodeOf(daemon);
    const downMs = DOWN_MS_MIN + this.#random.below(DOWN_MS_MAX - DOWN_MS_MIN);
    const restart = node
      .end("kill")
      .then(() => cluster.ground.clock.sleep(downMs, NEVER))
      .then(() => node.start())
      .catch((error: unknown) => {
        cluster.failure ??= error;
      });
    this.#restarts.push(restart);
  }
}
