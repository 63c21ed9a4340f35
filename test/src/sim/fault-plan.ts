import { anySignal, Fault, isFault, KiB, type Random } from "@leeward/base";
import type { SimulatedFiles } from "@leeward/world/testing";
import { FolderImage, filesBelow } from "./folder-image.ts";
import type { SimLiveDisk } from "./live-disk.ts";
import type { Ending, SimMachine } from "./node-kit.ts";
import type { SimCluster } from "./sim-cluster.ts";
import type { Trace } from "./trace.ts";

/** Every kind of fault that a run may meet. A suite of runs must have met each. */
export const FAULT_KINDS = [
  "kill-agent",
  "kill-process-server",
  "kill-master-target",
  "power-agent",
  "power-process-server",
  "power-master-target",
  "partition",
  "sever",
  "breaking-roads",
  "slow-roads",
  "full-process-server",
  "full-master-target",
  "full-agent",
  "failing-io-process-server",
  "failing-io-master-target",
  "failing-io-agent",
  "clock-step",
  "lose-process-server",
  "set-back-master-target",
  "rot-agent-log",
  "resync",
  "change-behind",
] as const;

/** Those of runs with tracked disks. */
export const TRACKER_FAULT_KINDS = [...FAULT_KINDS, "lose-tracking", "failing-disk-reads"] as const;

/** Those of runs in which the disks go to two targets. */
export const FORKED_FAULT_KINDS = [
  ...FAULT_KINDS,
  "kill-further",
  "power-further",
  "away-further",
  "leave-further",
] as const;

/** Those after which nothing that was acknowledged is lost anywhere on the way: each target gets all of it. */
export const LOSSLESS_FAULT_KINDS = [
  "kill-agent",
  "kill-process-server",
  "kill-master-target",
  "kill-further",
  "power-process-server",
  "power-master-target",
  "power-further",
  "away-further",
  "partition",
  "sever",
  "breaking-roads",
  "slow-roads",
] as const satisfies readonly (typeof FORKED_FAULT_KINDS)[number][];

export type FaultKind = (typeof TRACKER_FAULT_KINDS)[number] | (typeof FORKED_FAULT_KINDS)[number];

const HOSTS = ["agent", "process-server", "master-target"] as const;
const DOWN_MS_MAX = 4_000;
const SYNC_WAIT_MS = 3_000;

export interface FaultContext {
  readonly cluster: SimCluster;
  readonly trace: Trace;
  readonly random: Random;
  /** Called when what the disks hold may be something else than was written by applications, before the agent starts again. */
  readonly onDisksChanged: () => Promise<void>;
  /** Called when the target's home was copied; what it gives is called when it is put back from the copy. */
  readonly onCopied: () => () => void;
  readonly signal: AbortSignal;
}

/** Makes one fault happen and end again. */
export async function strike(kind: FaultKind, context: FaultContext): Promise<void> {
  const { cluster, trace, random, signal } = context;
  const { clock, network } = cluster.ground;
  trace.add(`fault ${kind}`, clock.monotonicMicros());
  const pause = (): Promise<void> => clock.sleep(50 + random.below(DOWN_MS_MAX), signal);
  switch (kind) {
    case "kill-agent":
    case "power-agent":
      await endAtSomeMoment(cluster.agent, kind === "kill-agent" ? "kill" : "power", context);
      if (kind === "power-agent") await context.onDisksChanged();
      await pause();
      return cluster.agent.start();
    case "kill-process-server":
    case "power-process-server":
      await endAtSomeMoment(cluster.processServer, kind === "kill-process-server" ? "kill" : "power", context);
      await pause();
      return cluster.processServer.start();
    case "kill-master-target":
    case "power-master-target":
      await endAtSomeMoment(cluster.masterTarget, kind === "kill-master-target" ? "kill" : "power", context);
      await pause();
      return cluster.masterTarget.start();
    case "kill-further":
    case "power-further":
      if (cluster.further === undefined) return;
      await endAtSomeMoment(cluster.further, kind === "kill-further" ? "kill" : "power", context);
      await pause();
      return cluster.further.start();
    case "away-further":
      network.partition("process-server", "further");
      await clock.sleep(random.below(20_000), signal);
      return network.heal("process-server", "further");
    case "leave-further":
      cluster.setFollowed(false);
      await clock.sleep(random.below(8_000), signal);
      return cluster.setFollowed(true);
    case "partition": {
      const [one, other] = roadOf(random);
      network.partition(one, other);
      await clock.sleep(random.below(45_000), signal);
      return network.heal(one, other);
    }
    case "sever":
      return network.sever(...roadOf(random));
    case "breaking-roads":
      network.setConditions({ breakOneIn: 20 + random.below(60) });
      await pause();
      return network.setConditions({ breakOneIn: 0 });
    case "slow-roads":
      network.setConditions({ latencyMicrosMax: 400_000, bytesPerSecond: 64 * KiB });
      await pause();
      return network.setConditions({ latencyMicrosMax: 500, bytesPerSecond: Number.POSITIVE_INFINITY });
    case "full-agent":
    case "full-process-server":
    case "full-master-target":
      return fill(filesOf(cluster, kind.slice("full-".length)), pause);
    case "failing-io-agent":
    case "failing-io-process-server":
    case "failing-io-master-target":
      return failIo(() => filesOf(cluster, kind.slice("failing-io-".length)), { pause, random });
    case "clock-step":
      return clock.stepWall((random.below(120) - 60) * 1_000_000);
    case "lose-process-server":
      await cluster.processServer.end("kill");
      await cluster.processServer.machine.files.removeFolder("/ps");
      return cluster.processServer.start();
    case "set-back-master-target":
      return setBack(context, pause);
    case "rot-agent-log":
      return rotLog(context);
    case "resync":
      return resync(context);
    case "change-behind":
      // What others write to a tracked disk is what it is for; and they go on meanwhile, so that nobody could say what it held.
      if (cluster.agent.live.size > 0) return;
      await endAtSomeMoment(cluster.agent, "kill", context);
      await cluster.agent.changeBehind(random);
      await context.onDisksChanged();
      return cluster.agent.start();
    case "lose-tracking":
      for (const disk of cluster.agent.live.values()) if (random.below(2) === 0) disk.loseTracking();
      return;
    case "failing-disk-reads":
      return failReads([...cluster.agent.live.values()], pause);
  }
}

/** The target's home is put back from a copy that was made some time ago. */
async function setBack({ cluster, onCopied }: FaultContext, pause: () => Promise<void>): Promise<void> {
  const { masterTarget } = cluster;
  await masterTarget.end("kill");
  const image = await FolderImage.take(masterTarget.machine.files, "/mt");
  const onSetBack = onCopied();
  await masterTarget.start();
  await pause();
  await masterTarget.end("kill");
  onSetBack();
  await image.restore(masterTarget.machine.files);
  await masterTarget.start();
}

/** A person has a disk read anew, as a whole or for what differs. */
async function resync({ cluster, random, signal, trace }: FaultContext): Promise<void> {
  const { agent, diskIds, life } = cluster.agent;
  const diskId = diskIds[random.below(diskIds.length)] ?? "";
  const whole = random.below(3) === 0;
  if (agent === undefined || life === undefined) return;
  try {
    const asking = agent.answer({ kind: "resyncDisk", value: { diskId, whole } }, signal);
    await Promise.race([asking, life.died]);
  } catch (error) {
    if (!isFault(error)) throw error;
    trace.add("resync-refused", error.code);
  }
}

/** One bit of the agent's change logs is another; it may matter now, at the next start, or never. */
async function rotLog({ cluster, random }: FaultContext): Promise<void> {
  const { files } = cluster.agent.machine;
  const logs = (await filesBelow(files, "/agent/disks")).filter((path) => path.includes("/log/"));
  const path = logs[random.below(Math.max(1, logs.length))];
  const size = path === undefined ? 0 : ((await files.status(path))?.sizeBytes ?? 0);
  if (path !== undefined && size > 0) files.rot(path, random.below(size));
}

interface Endable {
  readonly machine: SimMachine;
  end(how: Ending): Promise<void>;
}

/** Ends the node now, or just as it asks for something to be made durable: the moment at which most is under way. */
async function endAtSomeMoment(node: Endable, how: Ending, { cluster, random, signal }: FaultContext): Promise<void> {
  if (random.below(3) === 0) return node.end(how);
  const { promise, resolve } = Promise.withResolvers<Promise<void>>();
  const { files } = node.machine;
  files.onOperation = ({ kind }) => {
    if (kind !== "datasync") return;
    files.onOperation = undefined;
    resolve(node.end(how));
  };
  const timer = new AbortController();
  const late = cluster.ground.clock.sleep(SYNC_WAIT_MS, anySignal([signal, timer.signal])).then(() => "late" as const);
  late.catch(() => undefined);
  const outcome = await Promise.race([promise.then((ended) => ended), late]);
  timer.abort();
  files.onOperation = undefined;
  if (outcome === "late") await node.end(how);
}

/** The agent cannot read the disks, for a while; applications go on. */
async function failReads(disks: readonly SimLiveDisk[], pause: () => Promise<void>): Promise<void> {
  for (const disk of disks) disk.failing = true;
  await pause();
  for (const disk of disks) disk.failing = false;
}

function roadOf(random: Random): [string, string] {
  return random.below(2) === 0 ? ["agent", "process-server"] : ["process-server", "master-target"];
}

function filesOf(cluster: SimCluster, host: string): SimulatedFiles {
  const machines = [cluster.agent.machine, cluster.processServer.machine, cluster.masterTarget.machine];
  const machine = machines[HOSTS.findIndex((name) => name === host)];
  if (machine === undefined) throw new RangeError(`no host ${host}`);
  return machine.files;
}

async function fill(files: SimulatedFiles, pause: () => Promise<void>): Promise<void> {
  const before = files.capacityBytes;
  files.capacityBytes = 0;
  await pause();
  files.capacityBytes = before;
}

/** One write or sync in a few fails, for a while. */
async function failIo(
  files: () => SimulatedFiles,
  { pause, random }: { pause: () => Promise<void>; random: Random },
): Promise<void> {
  const before = files();
  before.onOperation = ({ kind, path }) => {
    if ((kind === "write" || kind === "datasync" || kind === "syncFolder") && random.below(4) === 0) {
      throw new Fault({
        code: "io-failed",
        kind: "transient",
        message: `I/O on ${path} failed (by plan).`,
        remedy: "Read the system's own messages about the device (`dmesg`); replace a failing one.",
        detail: { path, errno: "EIO" },
      });
    }
  };
  await pause();
  before.onOperation = undefined;
}
