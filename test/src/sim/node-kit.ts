import { type Random, seededRandom } from "@leeward/base";
import type { Network, PeerRole, World } from "@leeward/world";
import {
  type MortalClock,
  mortalClock,
  type SimulatedClock,
  type SimulatedFiles,
  type SimulatedNetwork,
  simulatedCompute,
  simulatedFiles,
} from "@leeward/world/testing";

/** What all simulated machines have in common. */
export interface SimGround {
  readonly clock: SimulatedClock;
  readonly random: Random;
  readonly network: SimulatedNetwork;
}

/** One life of a process on a simulated machine. */
export interface Life {
  readonly world: World;
  readonly network: Network;
  readonly bootId: string;
  /** Aborts when the process is told to stop. Death tells nobody. */
  readonly signal: AbortSignal;
  /** Settles when the process has died, whatever the way. */
  readonly died: Promise<void>;
  readonly isAlive: () => boolean;
}

/** How a process or its machine ends. */
export type Ending = "kill" | "power";

/**
 * A machine with a disk of files and one process of ours on it. A crash means that no World call of that process ever settles again; the
 * next life is built from what the disk then holds.
 */
export class SimMachine {
  readonly host: string;
  readonly id: string;
  readonly #ground: SimGround;
  readonly #role: PeerRole;
  files: SimulatedFiles;
  #life:
    | {
        readonly clock: MortalClock;
        readonly network: Network;
        readonly stop: AbortController;
        readonly die: () => void;
      }
    | undefined;
  #boot = 1;

  constructor(ground: SimGround, host: string, role: PeerRole) {
    this.#ground = ground;
    this.host = host;
    this.#role = role;
    this.id = Buffer.from(ground.random.bytes(16)).toString("hex");
    const random = seededRandom(ground.random.below(2 ** 32));
    this.files = simulatedFiles({ random, clock: ground.clock, latencyMicrosMax: 400 });
  }

  begin(): Life {
    const { clock: simulated, random, network: roads } = this.#ground;
    const clock = mortalClock(simulated);
    const network = roads.join(this.host, { role: this.#role, id: this.id, fingerprint: this.id.repeat(2) });
    const stop = new AbortController();
    const { promise: died, resolve } = Promise.withResolvers<void>();
    let alive = true;
    const die = (): void => {
      alive = false;
      clock.die();
      resolve();
    };
    this.#life = { clock, network, stop, die };
    const world: World = {
      clock,
      random: seededRandom(random.below(2 ** 32)),
      files: this.files,
      compute: simulatedCompute(),
    };
    const bootId = this.#boot.toString(16).padStart(32, "0");
    return { world, network, bootId, signal: stop.signal, died, isAlive: () => alive };
  }

  /** Ends the process. `power` also loses what was not durable, and is another boot. */
  end(how: Ending): void {
    const life = this.#life;
    if (life === undefined) return;
    this.#life = undefined;
    life.die();
    if (how === "kill") {
      this.#ground.network.kill(life.network);
      this.files = this.files.kill();
    } else {
      this.#ground.network.crash(this.host, this.#ground.random.below(2) === 0 ? "reset" : "silent");
      this.files = this.files.crash();
      this.#boot += 1;
    }
  }

  /** Tells the process to stop; it closes its things itself. */
  stop(): void {
    this.#life?.stop.abort();
    this.#life = undefined;
  }
}
