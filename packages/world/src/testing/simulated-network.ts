import { assert, orAborted, type Random } from "@leeward/base";
import type { Channel, Endpoint, Listener, Network, PeerIdentity, PeerRole } from "../network.ts";
import { peerRefused, peerUnreachable, portTaken } from "../network-faults.ts";
import type { SimulatedClock } from "./simulated-clock.ts";
import { SimulatedConnection } from "./simulated-connection.ts";
import { SimulatedListener } from "./simulated-listener.ts";
import { type RoadConditions, Roads } from "./simulated-roads.ts";

export interface SimulatedNetworkOptions {
  readonly clock: SimulatedClock;
  readonly random: Random;
  readonly conditions?: Partial<RoadConditions>;
  /** How many bytes each direction of a channel takes before `send` waits. Default: 1 MiB. */
  readonly windowBytes?: number;
  /** Default: 10 s. */
  readonly connectTimeoutMs?: number;
}

/**
 * A network of named hosts in one process on virtual time. Within a channel messages arrive in order and once; between channels
 * they overtake one another by their random latency. A lost packet never loses a message: it breaks the channel.
 */
export interface SimulatedNetwork {
  /** Puts a process with this certificate on a host, and returns the network as that process sees it. */
  join(host: string, identity: PeerIdentity): Network;
  /** Changes latency, loss and bandwidth from now on. */
  setConditions(conditions: Partial<RoadConditions>): void;
  /** Nothing passes between the two hosts until `heal`; what was sent arrives then, unless the channel broke. */
  partition(one: string, other: string): void;
  heal(one: string, other: string): void;
  /** Breaks every channel between the two hosts; what was under way is lost. */
  sever(one: string, other: string): void;
  /** Ends one process (what `join` returned): its calls never settle, its peers see `peer-lost`. */
  kill(process: Network): void;
  /**
   * Ends every process of a host. `reset`: the peers see `peer-lost`. `silent`, as when the power goes: they see nothing, until
   * they send while the host is back (its next `join`).
   */
  crash(host: string, how: "reset" | "silent"): void;
}

const WINDOW_BYTES = 1024 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;
const FREE_PORT_MIN = 49_152;
const MICROS_PER_MS = 1_000;

export function simulatedNetwork(options: SimulatedNetworkOptions): SimulatedNetwork {
  return new MemoryNetwork(options);
}

interface Host {
  readonly name: string;
  readonly listeners: Map<number, SimulatedListener>;
  readonly processes: Set<HostProcess>;
}

class MemoryNetwork implements SimulatedNetwork {
  readonly options: SimulatedNetworkOptions;
  readonly roads: Roads;
  readonly connections = new Set<SimulatedConnection>();
  readonly #hosts = new Map<string, Host>();
  #freePort = FREE_PORT_MIN;

  constructor(options: SimulatedNetworkOptions) {
    this.options = options;
    this.roads = new Roads(options.clock, options.random, options.conditions ?? {});
  }

  join(host: string, identity: PeerIdentity): Network {
    let joined = this.#hosts.get(host);
    if (joined === undefined) {
      joined = { name: host, listeners: new Map(), processes: new Set() };
      this.#hosts.set(host, joined);
    }
    const process = new HostProcess(this, joined, identity);
    joined.processes.add(process);
    return process;
  }

  host(name: string): Host | undefined {
    return this.#hosts.get(name);
  }

  isUp(host: string): boolean {
    return (this.#hosts.get(host)?.processes.size ?? 0) > 0;
  }

  freePort(): number {
    this.#freePort += 1;
    return this.#freePort;
  }

  setConditions(conditions: Partial<RoadConditions>): void {
    this.roads.setConditions(conditions);
  }

  partition(one: string, other: string): void {
    this.roads.between(one, other).close();
  }

  heal(one: string, other: string): void {
    this.roads.between(one, other).open();
  }

  sever(one: string, other: string): void {
    for (const connection of [...this.connections]) {
      if (connection.joins(one, other)) connection.break("the network dropped it");
    }
  }

  kill(process: Network): void {
    assert(process instanceof HostProcess, "only what join returned can be killed");
    process.die("reset");
  }

  crash(host: string, how: "reset" | "silent"): void {
    for (const process of [...(this.#hosts.get(host)?.processes ?? [])]) process.die(how);
  }
}

/** The network as one process on one host sees it. */
class HostProcess implements Network {
  readonly identity: PeerIdentity;
  readonly #network: MemoryNetwork;
  readonly #host: Host;

  constructor(network: MemoryNetwork, host: Host, identity: PeerIdentity) {
    this.#network = network;
    this.#host = host;
    this.identity = identity;
  }

  async connect(endpoint: Endpoint, role: PeerRole, signal: AbortSignal): Promise<Channel> {
    if (!this.isAlive()) return await never();
    signal.throwIfAborted();
    const attempt = Promise.withResolvers<Channel>();
    const { clock, connectTimeoutMs = CONNECT_TIMEOUT_MS } = this.#network.options;
    const noAnswer = (): void => {
      if (this.isAlive()) attempt.reject(peerUnreachable(endpoint, "no answer"));
    };
    const cancel = clock.schedule(connectTimeoutMs * MICROS_PER_MS, noAnswer);
    const wanted = { given: false };
    if (this.#network.host(endpoint.host) === undefined) attempt.reject(peerUnreachable(endpoint, "no such host"));
    else this.#knock({ endpoint, role, attempt, wanted });
    try {
      return await orAborted(attempt.promise, signal);
    } finally {
      wanted.given = true;
      cancel();
      if (!this.isAlive()) await never();
    }
  }

  async listen(endpoint: Endpoint): Promise<Listener> {
    if (!this.isAlive()) return await never();
    const { listeners, name } = this.#host;
    const port = endpoint.port === 0 ? this.#network.freePort() : endpoint.port;
    if (listeners.has(port)) throw portTaken({ host: name, port });
    const closed = (): void => void listeners.delete(port);
    const listener = new SimulatedListener({ endpoint: { host: name, port }, owner: this, closed });
    listeners.set(port, listener);
    return listener;
  }

  die(how: "reset" | "silent"): void {
    this.#host.processes.delete(this);
    for (const [port, listener] of [...this.#host.listeners]) {
      if (listener.owner === this) this.#host.listeners.delete(port);
    }
    for (const connection of [...this.#network.connections]) connection.processDied(this, how);
  }

  /** The request travels there, the answer back. */
  #knock(call: Knock): void {
    const { roads } = this.#network;
    const road = roads.between(this.#host.name, call.endpoint.host);
    road.travel(() => {
      if (!this.#network.isUp(call.endpoint.host)) return;
      const listener = this.#network.host(call.endpoint.host)?.listeners.get(call.endpoint.port);
      const refusal = this.#refusal(call, listener);
      if (listener === undefined || refusal !== undefined)
        road.travel(() => this.isAlive() && call.attempt.reject(refusal));
      else this.#meet(call, listener);
    });
  }

  #refusal({ endpoint, role }: Knock, listener: SimulatedListener | undefined): Error | undefined {
    if (listener === undefined) return peerUnreachable(endpoint, "nobody listens there");
    const found = listener.owner.identity.role;
    return found === role ? undefined : peerRefused(endpoint, role, `it is a ${found}`);
  }

  #meet({ attempt, wanted }: Knock, listener: SimulatedListener): void {
    const network = this.#network;
    const connection = new SimulatedConnection({
      roads: network.roads,
      windowBytes: network.options.windowBytes ?? WINDOW_BYTES,
      near: { process: this, host: this.#host.name, identity: this.identity, port: network.freePort() },
      far: {
        process: listener.owner,
        host: listener.endpoint.host,
        identity: listener.owner.identity,
        port: listener.endpoint.port,
      },
      isUp: (host) => network.isUp(host),
      gone: () => network.connections.delete(connection),
    });
    network.connections.add(connection);
    listener.arrive(connection.far);
    network.roads.between(this.#host.name, listener.endpoint.host).travel(() => {
      if (wanted.given) connection.break("the caller had given up");
      else if (this.isAlive()) attempt.resolve(connection.near);
    });
  }

  isAlive(): boolean {
    return this.#host.processes.has(this);
  }
}

interface Knock {
  readonly endpoint: Endpoint;
  readonly role: PeerRole;
  readonly attempt: PromiseWithResolvers<Channel>;
  /** Whether the caller has its answer, or does not wait any more. */
  readonly wanted: { given: boolean };
}

function never(): Promise<never> {
  return new Promise(() => {});
}
