// The worker that serves one disk. Its I/O is inline: it may hold this thread, and nothing else runs in it.
import { parentPort, workerData } from "node:worker_threads";
import { assert, Fault, firstOf, orAborted } from "@leeward/base";
import type { Extent } from "@leeward/block";
import { systemZone } from "@leeward/daemon";
import type { PlannedReverse } from "@leeward/proto";
import type { HeldDigests } from "@leeward/splitter";
import { type ChangeTracker, openChangeTracker } from "@leeward/tracker";
import { nodeClock, nodeCompute, nodeFiles, nodeRandom, type World } from "@leeward/world";
import { nodeBootFacts } from "../boot/node-boot-facts.ts";
import type { DiskSnapshots } from "../hooks/disk-snapshots.ts";
import { snapshotsOf } from "../hooks/node-snapshot-hooks.ts";
import { FACTS_AGE_MS_MAX, FACTS_EVERY_MS } from "../limits.ts";
import { MarkClock } from "../marks/mark-clock.ts";
import { openReversedSource } from "../reverse/node-reversed-source.ts";
import type { ReplicaAnswer, ReplicaQuestion } from "../reverse/replica-peer.ts";
import { ReversedDisk } from "../reverse/reversed-disk.ts";
import type { DiskHost, DiskSettings } from "./disk-host.ts";
import type {
  DiskAnswer,
  DiskCall,
  DiskWorkerStart,
  FromDisk,
  PointAnswer,
  PointQuestion,
  ToDisk,
} from "./disk-messages.ts";
import { openLiveSource, ownExtentsOn } from "./node-live-source.ts";
import { serveOverNbd } from "./node-nbd-disk-server.ts";
import { lookAtDisk, openSnapshot, openStillDisk } from "./node-rescan-source.ts";
import { openNodeSource } from "./node-source-disk.ts";
import { preferThisThread } from "./node-thread-priority.ts";
import { plainFault } from "./plain-fault.ts";
import { RescannedDisk } from "./rescanned-disk.ts";
import { ServedDisk } from "./served-disk.ts";
import { TrackedDisk } from "./tracked-disk.ts";

preferThisThread();
const port = parentPort;
assert(port !== null, "a disk's worker is a worker");
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what `WorkerDisk` starts this worker with comes without a type
const { settings, marks, tracking, asksReplica, asksProcessServer, snapshots } = workerData as DiskWorkerStart;
const replicaAsks = new Map<number, PromiseWithResolvers<HeldDigests>>();
const serverAsks = new Map<number, PromiseWithResolvers<ReplicaAnswer>>();
const pointAsks = new Map<number, PromiseWithResolvers<PointAnswer>>();
let askCount = 0;
const world: World = {
  clock: nodeClock,
  random: nodeRandom,
  files: nodeFiles({ io: "inline" }),
  compute: nodeCompute(),
};
const stop = new AbortController();
const disk: DiskHost = openedAs(settings);
port.on("message", (message: ToDisk) => void receive(message));

let fault: FromDisk = { kind: "ended", fault: undefined };
try {
  await Promise.all([disk.run(stop.signal).finally(() => stop.abort()), tellFacts(stop.signal)]);
} catch (error) {
  fault = { kind: "ended", fault: plainFault(error) };
}
post(fault);
port.close();

function openedAs({ reverse, capture }: DiskSettings): DiskHost {
  if (reverse !== undefined) return reversedDisk(reverse);
  if (capture === "rescan") return rescannedDisk();
  return capture === "tracker" ? trackedDisk() : servedDisk();
}

function reversedDisk(reverse: PlannedReverse): ReversedDisk {
  assert(asksProcessServer, "reverse replication asks the process server");
  return new ReversedDisk({
    world,
    settings: { ...settings, reverse },
    async openSource(of) {
      // Nobody is to rescan it meanwhile, and what is written to it would fill a snapshot that was left.
      if (of.capture === "rescan") await snapshotsBy(of).remove();
      return openReversedSource(of);
    },
    ask: askProcessServer,
    ...(settings.capture === "tracker" ? { openTracker } : {}),
  });
}

function openTracker({ path, diskId }: DiskSettings): Promise<ChangeTracker> {
  return openChangeTracker({ ...tracking, path, diskId });
}

function servedDisk(): ServedDisk {
  return new ServedDisk({
    world,
    settings,
    marks: new MarkClock(marks),
    openSource: openNodeSource,
    zone: systemZone(),
    ...(asksReplica ? { askReplica } : {}),
    serve: (device, { socketPath }) => serveOverNbd(device, socketPath, world.clock),
  });
}

function trackedDisk(): TrackedDisk {
  return new TrackedDisk({
    world,
    settings,
    openTracker,
    openSource: openLiveSource,
    ownExtents: () => ownExtentsOn(settings),
    zone: systemZone(),
    boot: nodeBootFacts,
  });
}

function snapshotsBy(of: DiskSettings): DiskSnapshots {
  assert(snapshots !== undefined, "a disk that is rescanned has a place for hooks");
  return snapshotsOf(world, of, snapshots);
}

function rescannedDisk(): RescannedDisk {
  const clock = new MarkClock(marks);
  return new RescannedDisk({
    world,
    settings,
    look: lookAtDisk,
    openSnapshot,
    openStill: openStillDisk,
    snapshots: snapshotsBy(settings),
    points: {
      isWanted: () => !clock.fenced(),
      moment: () => askPoint({ kind: "moment" }),
      make: async (point) => (await askPoint({ kind: "make", point })) === 1,
    },
    ownExtents: () => ownExtentsOn(settings),
    zone: systemZone(),
  });
}

async function receive(message: ToDisk): Promise<void> {
  switch (message.kind) {
    case "call":
      try {
        post({ kind: "answer", call: message.call, answer: await answer(message.asked) });
      } catch (error) {
        post({ kind: "failed", call: message.call, fault: plainFault(error) });
      }
      return;
    case "replica":
      return replicaAsks.get(message.ask)?.resolve(message.held);
    case "replica-unknown":
      return replicaAsks.get(message.ask)?.reject(new Fault(message.fault));
    case "told":
      return serverAsks.get(message.ask)?.resolve(message.answer);
    case "not-told":
      return serverAsks.get(message.ask)?.reject(new Fault(message.fault));
    case "point":
      return pointAsks.get(message.ask)?.resolve(message.answer);
    case "no-point":
      return pointAsks.get(message.ask)?.reject(new Fault(message.fault));
    case "drop":
      return disk.live?.drop();
    case "resume-upkeep":
      return disk.live?.resumeUpkeep();
    case "journaled":
      return disk.journaled(message.branch, message.sequence);
    case "deposited":
      return disk.deposited(message.branch, message.sequence);
    case "resync":
      return disk.resync(message.branch, message.cause);
    case "policy":
      return disk.setPolicy(message.policy);
    case "release":
      return disk.release();
    case "close":
      return stop.abort();
  }
}

async function answer(asked: DiskCall): Promise<DiskAnswer> {
  switch (asked.kind) {
    case "settle-mark":
      return { settled: await disk.settleMark(asked.mark) };
    case "settle-writes":
      await disk.settleWrites();
      return {};
    case "prepare":
      return { preparedBytes: await disk.live?.prepare() };
    case "pause-upkeep":
      await disk.live?.pauseUpkeep();
      return {};
    case "hold":
      await disk.live?.hold(asked.unsteady);
      return {};
    case "confirm":
      await disk.live?.confirm();
      return {};
    case "compare":
      return { compared: await disk.compare(asked.held) };
    case "recopy":
      await disk.recopy(asked.branch, asked.extents);
      return {};
    case "begin-resync":
      return { settled: await disk.beginResync(asked.how) };
  }
}

/** As AskReplica: whoever started this worker asks. */
function askReplica(extent: Extent, signal: AbortSignal): Promise<HeldDigests> {
  return asked(replicaAsks, (ask) => ({ kind: "ask-replica", ask, extent }), signal);
}

/** As AskProcessServer: whoever started this worker asks. */
function askProcessServer(question: ReplicaQuestion, signal: AbortSignal): Promise<ReplicaAnswer> {
  return asked(serverAsks, (ask) => ({ kind: "ask-process-server", ask, question }), signal);
}

/** As RescanPoints: whoever started this worker makes the machine's points. */
function askPoint(question: PointQuestion): Promise<PointAnswer> {
  return asked(pointAsks, (ask) => ({ kind: "ask-point", ask, question }), stop.signal);
}

async function asked<T>(
  asks: Map<number, PromiseWithResolvers<T>>,
  message: (ask: number) => FromDisk,
  signal: AbortSignal,
): Promise<T> {
  askCount += 1;
  const ask = askCount;
  const answer = Promise.withResolvers<T>();
  asks.set(ask, answer);
  post(message(ask));
  try {
    return await orAborted(answer.promise, signal);
  } finally {
    asks.delete(ask);
  }
}

/** The facts whenever they changed, but not more often than every so often: records wait for no longer than that. And now and then, since how busy it was ages by itself. */
async function tellFacts(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const changed = disk.changed();
    const facts = disk.facts();
    if (facts !== undefined) post({ kind: "facts", facts });
    try {
      await firstOf(signal, [
        (inner) => orAborted(changed, inner),
        (inner) => world.clock.sleep(FACTS_AGE_MS_MAX, inner),
      ]);
      await world.clock.sleep(FACTS_EVERY_MS, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

function post(message: FromDisk): void {
  port?.postMessage(message);
}
