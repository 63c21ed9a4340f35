import type { PeerIdentity } from "../network.ts";
import { type Carry, ChannelEnd } from "./memory-channel.ts";
import type { Roads } from "./simulated-roads.ts";

export interface ConnectionParty {
  /** The process that holds this end. */
  readonly process: object;
  readonly host: string;
  readonly identity: PeerIdentity;
  readonly port: number;
}

export interface SimulatedConnectionOptions {
  readonly roads: Roads;
  readonly windowBytes: number;
  readonly near: ConnectionParty;
  readonly far: ConnectionParty;
  /** Whether anything runs on the host. */
  readonly isUp: (host: string) => boolean;
  /** Called once when nothing more can happen to it. */
  readonly gone: () => void;
}

/** Two channel ends on two hosts and the way between. */
export class SimulatedConnection {
  readonly near: ChannelEnd;
  readonly far: ChannelEnd;
  readonly #options: SimulatedConnectionOptions;
  readonly #deadHosts = new Set<string>();
  #broken = false;

  constructor(options: SimulatedConnectionOptions) {
    this.#options = options;
    const { near, far, windowBytes } = options;
    this.near = new ChannelEnd({
      peer: far.identity,
      address: `${far.host}:${far.port}`,
      carry: this.#carry(near, far),
      windowBytes,
    });
    this.far = new ChannelEnd({
      peer: near.identity,
      address: `${near.host}:${near.port}`,
      carry: this.#carry(far, near),
      windowBytes,
    });
    ChannelEnd.tie(this.near, this.far);
  }

  joins(one: string, other: string): boolean {
    const { near, far } = this.#options;
    return (near.host === one && far.host === other) || (near.host === other && far.host === one);
  }

  /** Both ends learn of it, each in its own time; what is under way is lost. */
  break(reason: string): void {
    if (this.#broken) return;
    this.#broken = true;
    const { clock } = this.#options.roads;
    for (const end of [this.near, this.far]) {
      clock.schedule(this.#options.roads.latencyMicros(), () => end.break(reason));
    }
    this.#options.gone();
  }

  processDied(process: object, how: "reset" | "silent"): void {
    const { near, far } = this.#options;
    for (const [party, end] of [[near, this.near] as const, [far, this.far] as const]) {
      if (party.process !== process) continue;
      end.die();
      if (how === "silent") this.#deadHosts.add(party.host);
      else this.break("its process ended");
    }
  }

  #carry(from: ConnectionParty, to: ConnectionParty): Carry {
    const { roads } = this.#options;
    let freeAtMicros = 0;
    return (event, bytes) => {
      if (this.#broken) return;
      if (roads.breaks()) {
        this.break("the network dropped it");
        return;
      }
      const now = roads.clock.monotonicMicros();
      // Never before the message ahead of it.
      freeAtMicros = Math.max(freeAtMicros, now + roads.latencyMicros()) + roads.transferMicros(bytes);
      roads.between(from.host, to.host).travelFor(freeAtMicros - now, () => this.#arrive(to, event));
    };
  }

  #arrive(to: ConnectionParty, event: () => void): void {
    if (this.#broken) return;
    if (!this.#deadHosts.has(to.host)) event();
    else if (this.#options.isUp(to.host)) this.break("the other end does not know it any more");
  }
}
