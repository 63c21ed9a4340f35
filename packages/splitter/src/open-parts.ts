import { assert, ceilTo, type Fault, isFault, randomId } from "@leeward/base";
import { ExtentSet, intersection } from "@leeward/block";
import { DIGEST_BLOCK_BYTES } from "@leeward/proto";
import { alignedBytes, makeDurableFolder } from "@leeward/world";
import { ActivityLog } from "./activity-log.ts";
import { Capture, openSpan } from "./capture.ts";
import { CaptureLog } from "./capture-log.ts";
import { DurableBitmap } from "./durable-bitmap.ts";
import { KeptDigests } from "./kept-digests.ts";
import { DIGEST_KEY_BYTES } from "./page-digests.ts";
import { SpanSlot } from "./span-slot.ts";
import { diskChanged, splitterForeign } from "./splitter-fault.ts";
import { assertLimits, changeRegionBytes, SPLITTER_LIMITS, type SplitterLimits } from "./splitter-limits.ts";
import type { SplitterOptions } from "./splitter-options.ts";
import type { SplitterState } from "./splitter-state.ts";
import { StateFile } from "./state-file.ts";
import type { StoredCopy, StoredState } from "./stored-state.ts";
import { TouchedRegions } from "./touched-regions.ts";

/**
 * What a splitter stands on, as a stop of any kind left it.
 *
 * The disk wins: what may be on it and not in the log is put into the change bitmap, and read again from there.
 *
 * ```
 *   stopped cleanly        nothing is in doubt; unless the disk's witness differs, then the whole disk
 *   killed, same boot      active regions, of these only what unsealed log files name: all that reached the disk was appended first
 *   power lost             active regions
 *   other disk, smaller    the whole disk
 *   larger                 its tail
 * ```
 *
 * Order: disk flushed (what is read from now on stays) → log opened → doubt into the bitmap, durable → activity log cleared →
 * state: not clean, this boot. A crash in between leaves the doubt in the activity log, in the bitmap, or in both. Nothing is served before.
 *
 * In the folder: `state.json`, `activity`, `bitmap`, `log/`, and `digests` where they are kept. The state is made last, so a folder without it
 * holds nothing.
 */
export interface OpenedParts {
  readonly capture: Capture;
  readonly folder: string;
  /** The most bytes that one change may cover. */
  readonly pieceBytesMax: number;
  /** Why the disk has to be copied again, when it has to. */
  readonly faults: readonly Fault[];
  now(): number;
  /** A new one at each call. */
  copyBuffer(): Uint8Array;
  /** As `copyBuffer`, whole blocks long. */
  compareBuffer(): Uint8Array;
  /** For what is compared at once; a new one at each call. */
  windowBuffer(): Uint8Array;
  /** Ends cleanly where all can be made durable. Nothing is under way any more. */
  close(): Promise<void>;
}

interface Doubt {
  readonly whole: Fault | undefined;
  readonly extents: ExtentSet;
}

/** @throws Fault `splitter-foreign`, `splitter-state-damaged`, what the disk's flush throws, and what the files and the log throw */
export async function openParts(options: SplitterOptions): Promise<OpenedParts> {
  const { world, source, folder } = options;
  const { files, clock } = world;
  const limits: SplitterLimits = { ...SPLITTER_LIMITS, ...options.limits };
  assertLimits(limits);
  await makeDurableFolder(files, folder.slice(0, folder.lastIndexOf("/")), folder);
  await using open = new AsyncDisposableStack();
  const found = await StateFile.open(files, folder);
  if (found !== undefined) open.use(found);
  if (found !== undefined) refuseForeign(options, found.state);
  const whenMissing = found === undefined ? "clear" : "set";
  const diskBytes = source.sizeBytes;
  const place = { files, folder, diskBytes, whenMissing } as const;
  const changes = open.use(
    await DurableBitmap.open({ ...place, name: "bitmap", regionBytes: changeRegionBytes(limits, diskBytes) }),
  );
  // The activity log asks the capture, which stands on it: `settle` is called only once both are there.
  const late: { capture?: Capture } = {};
  const settle = async (): Promise<void> => {
    assert(late.capture !== undefined, "regions leave only once the disk is served");
    await late.capture.settle();
    await log.rely();
  };
  const { activityRegionBytes: regionBytes, activeRegionsMax } = limits;
  const activity = open.use(
    await ActivityLog.open({ ...place, name: "activity", regionBytes, activeRegionsMax, settle }),
  );
  const stateFile = found ?? open.use(await StateFile.create(files, folder, firstState(options)));
  const touched = new TouchedRegions(changes);
  const copy = new SpanSlot(stateFile, "copy");
  const catchUp = new SpanSlot(stateFile, "catchUp");
  const neededAfter = (): number => Math.min(copy.neededAfter, catchUp.neededAfter);
  const log = captureLog(options, limits, { touched, neededAfter, stateFile });
  open.defer(() => log.abandon());
  await source.flush();
  const doubt = await findDoubt(options, { state: stateFile.state, activity, log });
  for (const { offset, length } of doubt.extents) changes.setRange(offset, length);
  await changes.sync();
  await activity.clear();
  const digestKey = keyOfDigests(options, stateFile.state);
  const digests = digestKey === null ? undefined : open.use(await openDigests(options, stateFile.state, digestKey));
  await stateFile.change((state) => ({ ...openedState(options, state, doubt.whole), digestKey }));
  const branch = options.identity.branch;
  const { marks } = options;
  const state = stateAtOpen(stateFile.state);
  const parts = { world, folder, branch, source, limits, marks, log, activity, changes, touched, stateFile, digests };
  const capture = new Capture({ ...parts, copy, catchUp, state });
  late.capture = capture;
  const owned = open.move();
  return {
    capture,
    folder,
    pieceBytesMax: activity.spanBytesMax,
    faults: doubt.whole === undefined ? [] : [doubt.whole],
    now: () => clock.wallMicros(),
    copyBuffer: () => alignedBytes(limits.copyChunkBytes),
    compareBuffer: () => alignedBytes(ceilTo(limits.copyChunkBytes, DIGEST_BLOCK_BYTES)),
    windowBuffer: () => alignedBytes((digests === undefined ? 1 : WINDOW_CHUNKS) * limits.copyChunkBytes),
    close: () => closeParts(options, { capture, owned }),
  };
}

/** Chunks that are read side by side, and made unknown with one datasync. */
const WINDOW_CHUNKS = 4;

/**
 * The key under which digests are kept: another one where they were not kept, since what was logged meanwhile made none unknown; and where the disk is
 * smaller, since its tail may come back with other content.
 */
function keyOfDigests({ keepDigests, source, world }: SplitterOptions, state: StoredState): string | null {
  if (keepDigests !== true) return null;
  if (state.digestKey !== null && source.sizeBytes >= state.sizeBytes) return state.digestKey;
  return Buffer.from(world.random.bytes(DIGEST_KEY_BYTES)).toString("hex");
}

/** Order: file empty, durable → key, durable. A crash in between leaves no digests. */
function openDigests({ world, folder }: SplitterOptions, state: StoredState, key: string): Promise<KeptDigests> {
  return KeptDigests.open({ files: world.files, folder }, { key, fresh: key !== state.digestKey });
}

function refuseForeign({ folder, identity }: SplitterOptions, state: StoredState): void {
  if (state.machineId !== identity.machineId) throw splitterForeign(folder, "machine");
  if (state.diskId !== identity.diskId) throw splitterForeign(folder, "disk");
  if (state.branch !== identity.branch) throw splitterForeign(folder, "branch");
}

function firstState({ identity, source, world }: SplitterOptions): StoredState {
  const { machineId, diskId, branch, bootId, parent, parentBytes, seeded = false } = identity;
  const complete = parent !== undefined && !seeded;
  const sizeBytes = parent === undefined ? source.sizeBytes : (parentBytes ?? source.sizeBytes);
  const copy: StoredCopy = {
    spanId: randomId(world.random),
    reason: "initial",
    totalBytes: sizeBytes,
    phase: "beginning",
    after: 0,
    position: 0,
    logZeroes: seeded,
    differingBytes: 0,
    whole: false,
  };
  return {
    version: 1,
    machineId,
    diskId,
    branch,
    source: identity.source,
    witness: null,
    sizeBytes,
    bootId,
    clean: true,
    complete,
    copy: complete ? null : copy,
    catchUp: null,
    reliedThrough: 0,
    digestKey: null,
  };
}

function captureLog(
  { world, folder, identity, source }: SplitterOptions,
  limits: SplitterLimits,
  { touched, neededAfter, stateFile }: { touched: TouchedRegions; neededAfter: () => number; stateFile: StateFile },
): CaptureLog {
  const rely = (sequence: number): Promise<void> =>
    stateFile.change((state) => ({ ...state, reliedThrough: Math.max(state.reliedThrough, sequence) }));
  const { machineId, diskId, branch, parent, bootId, physicalBlockBytes } = identity;
  return new CaptureLog(
    world,
    {
      folder: `${folder}/log`,
      identity: {
        machineId,
        diskId,
        branch,
        ...(parent === undefined ? {} : { parent }),
        bootId,
        physicalBlockBytes,
        diskBytes: source.sizeBytes,
        blockBytes: source.blockBytes,
      },
      segmentBytesMax: Math.min(limits.logFileBytesMax, Math.floor(limits.logBytesMax / 8)),
      freeBytesMin: limits.logFreeBytesMin,
      neededAfter,
      relied: () => stateFile.state.reliedThrough,
      rely,
      // Should this open be interrupted, the next one knows by it that the log does not name all that was appended.
      onDrop: () => stateFile.change((state) => ({ ...state, bootId: "" })),
    },
    { touched, bytesMax: limits.logBytesMax },
  );
}

interface Left {
  readonly state: StoredState;
  readonly activity: ActivityLog;
  readonly log: CaptureLog;
}

async function findDoubt(options: SplitterOptions, { state, activity, log }: Left): Promise<Doubt> {
  const { source, identity } = options;
  const active = ExtentSet.of(activity.leftActive());
  const unsealed = await unsealedExtents(log);
  const extents = new ExtentSet();
  const sameBoot = state.bootId === identity.bootId;
  const whole = { offset: 0, length: source.sizeBytes };
  for (const region of active) {
    const inside = intersection(region, whole);
    if (inside === undefined) continue;
    if (sameBoot && unsealed !== undefined) extents.addAll(unsealed.within(inside));
    else extents.add(inside);
  }
  const { sizeBytes } = source;
  if (sizeBytes > state.sizeBytes) extents.add({ offset: state.sizeBytes, length: sizeBytes - state.sizeBytes });
  return { whole: await changeOf(options, state), extents };
}

/**
 * undefined when the log cannot be read now, or something was dropped from its end: then it does not name all that was appended. A log that
 * is damaged or foreign is a Fault.
 */
async function unsealedExtents(log: CaptureLog): Promise<ExtentSet | undefined> {
  try {
    const { recovery } = await log.open();
    return recovery.dropped === undefined ? recovery.unsealedExtents : undefined;
  } catch (error) {
    // A log that has no room for its next file, or whose disk is failing, must not keep the disk from being served.
    if (isFault(error) && error.kind === "transient") return undefined;
    throw error;
  }
}

/** Why the disk is not as it was left, when it is not. */
async function changeOf(
  { identity, source, witness }: SplitterOptions,
  state: StoredState,
): Promise<Fault | undefined> {
  if (state.source !== identity.source) {
    return diskChanged(identity.sourceChanged ?? "another one lies in its place", {
      was: state.source,
      is: identity.source,
    });
  }
  if (source.sizeBytes < state.sizeBytes) {
    return diskChanged("it is smaller", { was: state.sizeBytes, is: source.sizeBytes });
  }
  if (!state.clean || state.witness === null || witness === undefined) return undefined;
  const is = await witness();
  return is === state.witness ? undefined : diskChanged("someone else wrote to it", { was: state.witness, is });
}

function openedState(
  { identity, source, world }: SplitterOptions,
  state: StoredState,
  changed: Fault | undefined,
): StoredState {
  const opened = { ...state, bootId: identity.bootId, source: identity.source, witness: null, clean: false };
  if (changed === undefined) return opened;
  // Whatever was copied may not be so any more: a copy that is open begins anew, and leaves nothing out.
  const copy: StoredCopy = {
    spanId: randomId(world.random),
    reason: "resync",
    totalBytes: source.sizeBytes,
    phase: "beginning",
    after: 0,
    position: 0,
    logZeroes: true,
    differingBytes: 0,
    whole: false,
  };
  const anew = { position: 0, logZeroes: true, differingBytes: 0 };
  return { ...opened, copy: state.copy === null ? copy : { ...state.copy, ...anew } };
}

function stateAtOpen({ copy, catchUp }: StoredState): SplitterState {
  const reading = catchUp === null ? undefined : openSpan(catchUp);
  const copying = copy === null ? undefined : openSpan(copy, copy.position);
  if (reading !== undefined)
    return { kind: "reduced", catchUp: reading, ...(copying === undefined ? {} : { copy: copying }) };
  if (copying === undefined) return { kind: "protected" };
  return { kind: copying.reason === "initial" ? "initial" : "resync", copy: copying };
}

interface Closing {
  readonly capture: Capture;
  readonly owned: AsyncDisposableStack;
}

/** Order: disk, log and bitmap durable → log sealed → activity log cleared → state: clean. */
async function closeParts({ source, witness }: SplitterOptions, { capture, owned }: Closing): Promise<void> {
  const { activity, stateFile, log } = capture.parts;
  try {
    if (capture.mode === "untracked") await capture.noteDoubt();
    await capture.settle();
    await capture.confirm();
    await log.close();
    await activity.clear();
    const says = (await witness?.()) ?? null;
    const { durable } = log;
    await stateFile.change((state) => ({ ...state, clean: true, witness: says, reliedThrough: durable }));
    capture.apply({ kind: "closed" });
  } catch (error) {
    // What could not be made durable is found in doubt by the next open.
    if (!isFault(error)) throw error;
    capture.apply({ kind: "closed" });
  } finally {
    await owned.disposeAsync();
    await source[Symbol.asyncDispose]();
  }
}
