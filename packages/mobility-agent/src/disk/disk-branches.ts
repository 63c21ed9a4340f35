// The branches of one disk as they lie in its folder: which one is in force, and the splitter that writes it.
//
//   FOLDER/branch      names the branch in force
//   FOLDER/<branch>/   the log and the state of one branch
//
// Invariant: a branch that follows another is named once its splitter is open, and what the folder does not name is removed, never opened. Worst outcome if
// broken: a history that goes on from what another branch held. A crash before the name leaves the old branch in force, and a folder that the next open
// removes.
//
// Where reverse replication wrote to the disk, its branch is left for another (`branch-after-reverse.ts`), and the record of that is removed once the folder
// names the other; nothing is served before.
import { isFault, randomId } from "@leeward/base";
import { isId } from "@leeward/proto";
import { type AskTarget, type MarkSource, Splitter } from "@leeward/splitter";
import type { World } from "@leeward/world";
import { branchAfterReverse, settledOrigin } from "../reverse/branch-after-reverse.ts";
import { readReverseRecord, removeReverseRecord } from "../reverse/reverse-record.ts";
import { BranchFile, type DiskBranch } from "./branch-file.ts";
import { lent } from "./disk-door.ts";
import type { DiskSettings } from "./disk-host.ts";
import type { SourceDisk } from "./source-disk.ts";

export interface DiskBranchesOptions {
  readonly world: World;
  readonly settings: DiskSettings;
  readonly marks: MarkSource;
  readonly source: SourceDisk;
  /** As SplitterOptions has it. */
  readonly askTarget?: AskTarget;
}

/** A branch in force, and what writes it. */
export interface HeldBranch {
  readonly branch: DiskBranch;
  readonly splitter: Splitter;
}

/** Opens the disk's present branch, or begins one; what is there and damaged is left for a new one. @throws as `Splitter.open` */
export async function openPresentBranch(options: DiskBranchesOptions): Promise<HeldBranch> {
  const held = await openHeld(options);
  await removeOthers(options, held.branch.id);
  return held;
}

/** Opens a new branch, and has the folder name it. What a try that fails made goes again, so that many leave no more than one. */
export async function openNewBranch(options: DiskBranchesOptions, branch: DiskBranch): Promise<Splitter> {
  const { world, settings } = options;
  let splitter: Splitter | undefined;
  try {
    splitter = await openSplitter(options, branch);
    await BranchFile.write(world, settings.folder, branch);
    return splitter;
  } catch (error) {
    await splitter?.close();
    await removeFolder(options, branch);
    throw error;
  }
}

/** Ends a branch that the folder does not name any more. */
export async function removeBranch(options: DiskBranchesOptions, { splitter, branch }: HeldBranch): Promise<void> {
  await splitter.close();
  await removeFolder(options, branch);
}

async function removeFolder({ world, settings }: DiskBranchesOptions, { id }: DiskBranch): Promise<void> {
  try {
    await world.files.removeFolder(`${settings.folder}/${id}`);
  } catch (error) {
    // It costs room alone; the next open removes it.
    if (!isFault(error)) throw error;
  }
}

async function openHeld(options: DiskBranchesOptions): Promise<HeldBranch> {
  const { world, settings } = options;
  await world.files.makeFolder(settings.folder);
  await world.files.syncFolder(settings.folder.slice(0, settings.folder.lastIndexOf("/")));
  try {
    const branch = await BranchFile.read(world, settings.folder, await firstBranch(options));
    const next = await branchAfterReverse(options, branch);
    const splitter = await (next === undefined ? openLeft(options, branch) : openNewBranch(options, next));
    return await withoutReverse(options, { branch: next ?? branch, splitter });
  } catch (error) {
    // The disk wins: damage beside it must not keep it from being served. What the log held is read from the disk again.
    if (!isFault(error) || error.kind !== "corruption") throw error;
    const { code, message } = error;
    const resync = { code, message, sinceMicros: world.clock.wallMicros(), count: 1 };
    const branch = { id: randomId(world.random), resync, ...settledOrigin(settings) };
    const splitter = await openNewBranch(options, branch);
    return withoutReverse(options, { branch, splitter });
  }
}

/**
 * How the first branch of a disk begins. One that was brought back to a host that never had it begins at the origin, as any other does: what that is worth,
 * its record says. One whose target was given a seed begins there, unless it has another size by now; what is the same is found by asking the target,
 * which is for disks that keep no digests.
 */
async function firstBranch({ world, settings, source }: DiskBranchesOptions): Promise<Omit<DiskBranch, "id">> {
  const { seed, folder } = settings;
  const isWritten = (await readReverseRecord(world.files, folder))?.written === true;
  const settled = isWritten ? {} : settledOrigin(settings);
  if (seed?.diskBytes !== source.device.sizeBytes || source.keepDigests === true) return settled;
  return { ...settled, parent: { branch: seed.branch, sequence: seed.sequence }, seeded: true };
}

/** What was written of a replica machine's disk is of no moment any more: the branch does not rely on what the disk held before. */
async function withoutReverse({ world, settings }: DiskBranchesOptions, held: HeldBranch): Promise<HeldBranch> {
  try {
    await removeReverseRecord(world.files, settings.folder);
    return held;
  } catch (error) {
    await held.splitter.close();
    throw error;
  }
}

/** Order: opened by the old name → known by the new one, durably. A crash in between leaves a disk that is copied again. */
async function openLeft(options: DiskBranchesOptions, branch: DiskBranch): Promise<Splitter> {
  const { identity, leftAs } = options.source;
  if (leftAs === undefined) return openSplitter(options, branch);
  const splitter = await openSplitter({ ...options, source: { ...options.source, identity: leftAs } }, branch);
  try {
    await splitter.setSource(identity);
    return splitter;
  } catch (error) {
    await splitter.close();
    throw error;
  }
}

/** What an interrupted resync left: branches that the folder does not name. */
async function removeOthers({ world, settings }: DiskBranchesOptions, id: string): Promise<void> {
  const names = await world.files.list(settings.folder);
  for (const name of names) {
    if (name !== id && isId(name)) await world.files.removeFolder(`${settings.folder}/${name}`);
  }
}

async function openSplitter(
  { world, marks, source, settings, askTarget }: DiskBranchesOptions,
  { id: branch, parent, parentBytes, seeded }: DiskBranch,
): Promise<Splitter> {
  const { folder, machineId, diskId, bootId, policy } = settings;
  const { physicalBlockBytes, identity, witness, keepDigests = false, changedBecause } = source;
  const more = {
    ...(changedBecause === undefined ? {} : { sourceChanged: changedBecause }),
    ...(parent === undefined ? {} : { parent }),
    ...(parentBytes === undefined ? {} : { parentBytes }),
    ...(seeded === undefined ? {} : { seeded }),
  };
  const splitter = await Splitter.open({
    world,
    source: lent(source.device),
    folder: `${folder}/${branch}`,
    identity: { machineId, diskId, branch, bootId, physicalBlockBytes, source: identity, ...more },
    marks,
    limits: { logBytesMax: policy.logBytesMax },
    witness,
    keepDigests,
    ...(askTarget === undefined ? {} : { askTarget }),
  });
  splitter.setPolicy(policy);
  // What a branch with a parent begins with, its target has; what a seeded one lacks, its splitter copies by itself.
  const isBare = parent === undefined && splitter.facts().writtenSequence === 0;
  if (isBare && splitter.state.kind === "protected") await splitter.beginCopy("initial");
  return splitter;
}
