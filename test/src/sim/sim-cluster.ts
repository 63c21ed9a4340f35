import { assert, Fault, isFault, KiB, MiB, seededRandom } from "@leeward/base";
import type { AskServer } from "@leeward/mobility-agent";
import type { AgentPlan, MasterTargetPlan, ProcessServerPlan } from "@leeward/proto";
import { type SimulatedClock, type SimulatedNetwork, simulatedClock, simulatedNetwork } from "@leeward/world/testing";
import { AgentNode, type Capture } from "./agent-node.ts";
import type { SimGround } from "./node-kit.ts";
import { DATA_PORT, MasterTargetNode, ProcessServerNode, TARGET_PORT } from "./server-nodes.ts";

const DISKS: readonly { readonly sizeBytes: number; readonly capture: Capture }[] = [
  { sizeBytes: 64 * KiB, capture: "splitter" },
  { sizeBytes: 48 * KiB, capture: "splitter" },
];
const KEY_ID = "0f".repeat(16);

export interface SimPolicy {
  readonly pointIntervalSeconds: number;
  readonly applicationPointIntervalSeconds?: number;
  readonly logBytesMax: number;
  /** Of each disk; the splitter where it is not given. */
  readonly captures?: readonly Capture[];
  /** Whether the disks go to a further target, too. */
  readonly isForked?: boolean;
}

/** Agent, process server and master target on virtual time, network and disks, all from one seed. */
export class SimCluster {
  readonly ground: SimGround;
  readonly agent: AgentNode;
  readonly processServer: ProcessServerNode;
  readonly masterTarget: MasterTargetNode;
  readonly further: MasterTargetNode | undefined;
  readonly #captures: readonly Capture[];
  /** Of the agent's plan: it is in force at the agent's next start, or when a test applies `agentPlan`. */
  authority: Pick<AgentPlan, "version" | "epoch" | "fence"> = { version: 1, epoch: 0 };
  readonly #policy: SimPolicy;
  /** Whether the disks go to the further target at present. */
  #isFollowed = true;
  #version = 1;
  /** The first mistake of ours that a node met: the run has failed. */
  failure: unknown;

  constructor(seed: number, options: SimPolicy) {
    this.#policy = options;
    const random = seededRandom(seed);
    const clock: SimulatedClock = simulatedClock();
    const network: SimulatedNetwork = simulatedNetwork({ clock, random: seededRandom(random.below(2 ** 32)) });
    this.ground = { clock, random, network };
    const onFailure = (error: unknown): void => {
      this.failure ??= error;
    };
    const disks = DISKS.map((disk, index) => ({ ...disk, capture: options.captures?.[index] ?? disk.capture }));
    this.#captures = disks.map(({ capture }) => capture);
    const replicaDigests: AskServer = async (value, signal) => {
      const { target, died } = this.masterTarget;
      const asking = target?.answer({ kind: "replicaDigests", value }, signal);
      const answer = await Promise.race([asking, died.then(() => undefined)]);
      // There is no config server between the two, but there may be nobody to ask.
      if (answer === undefined) throw targetAway();
      assert(answer.kind === "blockDigests", "digests are answered with digests");
      return answer.value;
    };
    this.agent = new AgentNode(this.ground, { disks, plan: () => this.agentPlan(), onFailure, replicaDigests });
    this.processServer = new ProcessServerNode(this.ground, { plan: () => this.#processServerPlan(), onFailure });
    this.masterTarget = new MasterTargetNode(this.ground, { plan: () => this.#masterTargetPlan(), onFailure });
    if (options.isForked !== true) return;
    const further = { plan: () => this.#masterTargetPlan(), host: "further", onFailure };
    this.further = new MasterTargetNode(this.ground, further);
  }

  async start(): Promise<void> {
    await this.masterTarget.start();
    await this.further?.start();
    await this.processServer.start();
    await this.agent.start();
  }

  /** The disks go to the further target no more, or again, as when it is added: what comes between is a hole there. */
  setFollowed(isFollowed: boolean): void {
    this.#isFollowed = isFollowed;
    this.#version += 1;
    this.processServer.server?.apply(this.#processServerPlan());
  }

  /** What a config server does: the source is asked to be read for a further target that says that it holds no whole copy. */
  async askForCopies(signal: AbortSignal): Promise<void> {
    const { agent, life } = this.agent;
    const told = await this.further?.target?.status();
    for (const { diskId, branch, journaledSequence, copyNeeded } of told?.disks ?? []) {
      if (!copyNeeded || agent === undefined || life === undefined) continue;
      const value = { diskId, branch, afterSequence: journaledSequence };
      try {
        await Promise.race([agent.answer({ kind: "copyDisk", value }, signal), life.died]);
      } catch (error) {
        if (!isFault(error)) throw error;
      }
    }
  }

  agentPlan(): AgentPlan {
    const { pointIntervalSeconds, applicationPointIntervalSeconds = 0, logBytesMax } = this.#policy;
    const copyBytesPerSecondMax = 0;
    // Far more often than on a real machine: so much has to happen in a short run.
    const trackerPointIntervalSeconds = 2 * pointIntervalSeconds;
    return {
      ...this.authority,
      machineName: "sim",
      disks: this.agent.diskIds.map((diskId, index) => ({
        diskId,
        name: `disk${index}`,
        path: String(index),
        capture: this.#captures[index] ?? "splitter",
        policy: {
          pointIntervalSeconds,
          trackerPointIntervalSeconds,
          applicationPointIntervalSeconds,
          logBytesMax,
          copyBytesPerSecondMax,
        },
        processServerId: this.processServer.machine.id,
        processServerAddresses: [{ host: "process-server", port: DATA_PORT }],
      })),
    };
  }

  #processServerPlan(): ProcessServerPlan {
    return {
      version: this.#version,
      disks: this.agent.diskIds.map((diskId) => ({
        machineId: this.agent.machine.id,
        diskId,
        term: 1,
        epoch: 0,
        targetId: this.masterTarget.machine.id,
        targetAddress: { host: "master-target", port: TARGET_PORT },
        keyId: KEY_ID,
        wrappedKey: "sim",
        codec: "lz4",
        cacheBytesMax: 64 * MiB,
        further:
          this.further === undefined || !this.#isFollowed
            ? []
            : [{ targetId: this.further.machine.id, address: { host: "further", port: TARGET_PORT } }],
      })),
    };
  }

  #masterTargetPlan(): MasterTargetPlan {
    return {
      version: 1,
      disks: this.agent.diskIds.map((diskId, index) => ({
        machineId: this.agent.machine.id,
        machineName: "sim",
        diskId,
        diskName: `disk${index}`,
        epoch: 0,
        term: 1,
        processServerId: this.processServer.machine.id,
        keyId: KEY_ID,
        wrappedKeys: [this.masterTarget, ...(this.further === undefined ? [] : [this.further])].map(({ machine }) => ({
          recipient: machine.id,
          jwe: "sim",
        })),
        retentionSeconds: 86_400,
        retentionBytesMax: 0,
        thinningTiers: [],
        intake: true,
      })),
    };
  }
}

function targetAway(): Fault {
  return new Fault({ code: "master-target-offline", kind: "transient", message: "The master target is away." });
}
