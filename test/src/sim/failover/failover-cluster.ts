// All four daemons on virtual time, network and disks, from one seed, and what is around them: a replica machine's rack, and writers on the source.
import { KiB, seededRandom } from "@leeward/base";
import { type FailoverRow, type FailoverServer, type Store } from "@leeward/config-server/testing";
import { simulatedClock, simulatedNetwork } from "@leeward/world/testing";
import { AgentNode } from "../agent-node.ts";
import type { SimGround } from "../node-kit.ts";
import { MasterTargetNode, ProcessServerNode } from "../server-nodes.ts";
import type { Effects } from "../sim-control.ts";
import { ConfigServerNode } from "./config-server-node.ts";
import type { MoveWatcher } from "./observed-database.ts";
import { ReplicaRack } from "./replica-rack.ts";
import { simHosts } from "./sim-hypervisor.ts";

export const KEY_ID = "0f".repeat(16);
const DISK_BYTES = [64 * KiB, 48 * KiB] as const;
const TOKEN_ID = "70".repeat(16);

export const DAEMONS = ["config server", "master target", "agent", "process server"] as const;
export type Daemon = (typeof DAEMONS)[number];

export interface FailoverClusterOptions {
  readonly watcher: MoveWatcher;
  readonly effects: Effects;
  readonly onGuestWritten: () => void;
}

export class FailoverCluster implements Disposable {
  readonly ground: SimGround;
  readonly configServer: ConfigServerNode;
  readonly masterTarget: MasterTargetNode;
  readonly processServer: ProcessServerNode;
  readonly agent: AgentNode;
  readonly rack: ReplicaRack;
  readonly problems: string[] = [];
  failure: unknown;

  constructor(seed: number, { watcher, effects, onGuestWritten }: FailoverClusterOptions) {
    const random = seededRandom(seed);
    const clock = simulatedClock();
    const network = simulatedNetwork({ clock, random: seededRandom(random.below(2 ** 32)) });
    this.ground = { clock, random, network };
    const onFailure = (error: unknown): void => {
      this.failure ??= error;
    };
    const onProblem = (problem: string): void => void this.problems.push(problem);
    const guestRandom = seededRandom(random.below(2 ** 32));
    this.rack = new ReplicaRack(clock, { clock, random: guestRandom, onWritten: onGuestWritten, onProblem });
    const disks = DISK_BYTES.map((sizeBytes) => ({ sizeBytes, capture: "splitter" as const }));
    this.agent = new AgentNode(this.ground, { disks, effects, onFailure });
    this.processServer = new ProcessServerNode(this.ground, { onFailure });
    this.masterTarget = new MasterTargetNode(this.ground, {
      effects,
      onFailure,
      ways: (life) => ({
        hosts: simHosts(life, this.rack),
        serveDisk: async (device, path) => this.rack.offer(life, device, path),
      }),
    });
    this.configServer = new ConfigServerNode(this.ground, { watcher, onFailure });
  }

  async start(): Promise<void> {
    await this.configServer.start();
    const { server } = this.configServer;
    if (server !== undefined) this.#install(server.store);
    await this.masterTarget.start();
    await this.processServer.start();
    await this.agent.start();
  }

  nodeOf(daemon: Daemon): { start(): Promise<void>; end(how: "kill"): Promise<void> } {
    return {
      "config server": this.configServer,
      "master target": this.masterTarget,
      agent: this.agent,
      "process server": this.processServer,
    }[daemon];
  }

  isUp(daemon: Daemon): boolean {
    switch (daemon) {
      case "config server":
        return this.configServer.server !== undefined;
      case "master target":
        return this.masterTarget.target !== undefined;
      case "agent":
        return this.agent.agent !== undefined;
      case "process server":
        return this.processServer.server !== undefined;
    }
  }

  get server(): FailoverServer | undefined {
    return this.configServer.server;
  }

  /** The newest failover as it is stored; undefined while the config server is down, and before there is one. */
  newest(): FailoverRow | undefined {
    return this.server?.store.failovers.list(undefined, { limit: 1 })[0];
  }

  [Symbol.dispose](): void {
    this.configServer[Symbol.dispose]();
  }

  /** Who has enrolled, and what is protected. */
  #install(store: Store): void {
    const { agent, processServer, masterTarget, ground } = this;
    const createdMicros = ground.clock.wallMicros();
    store.tokens.insert({
      id: TOKEN_ID,
      role: "agent",
      secretDigest: "sim",
      createdMicros,
      createdBy: "sim",
      expiresMicros: null,
      note: null,
      machineId: null,
    });
    for (const [role, { machine }] of [
      ["agent", agent],
      ["process-server", processServer],
      ["master-target", masterTarget],
    ] as const) {
      store.members.insert({
        id: machine.id,
        role,
        name: machine.host,
        publicKeyPem: "sim",
        enrolledMicros: createdMicros,
        tokenId: TOKEN_ID,
        certificateEndMicros: Number.MAX_SAFE_INTEGER,
      });
    }
    for (const [index, id] of agent.diskIds.entries()) {
      const of = { machineId: agent.machine.id, processServerId: processServer.machine.id };
      const disk = { ...of, id, name: `disk${index}`, path: String(index), masterTargetId: masterTarget.machine.id };
      const more = { capture: "splitter", policy: "default", keyId: KEY_ID, term: 1, state: "protected" } as const;
      const recipients = [processServer.machine.id, masterTarget.machine.id];
      store.disks.insert(
        { ...disk, ...more, createdMicros },
        recipients.map((recipient) => ({ recipient, jwe: "sim" })),
      );
    }
  }
}
