import { type ByteBudget, type Fault, isFault } from "@leeward/base";
import type { World } from "@leeward/world";
import { removeOffer } from "./branch-offer.ts";
import { type BranchPlace, HeldBranch } from "./held-branch.ts";

/**
 * The branches of a disk's folder in the order in which they began. Folders that were begun or ended halfway are removed; so is one that
 * is damaged, of which `onDamaged` is told first: its agent keeps what the target has not journaled, and sends it again.
 */
export async function openBranches(
  world: World,
  { folder, memory }: { readonly folder: string; readonly memory: ByteBudget },
  onDamaged: (name: string, fault: Fault) => void,
): Promise<HeldBranch[]> {
  const branches: HeldBranch[] = [];
  try {
    for (const name of await world.files.list(folder)) {
      const branch = await openOrRemove(world, { above: folder, name, memory }, onDamaged);
      if (branch !== undefined) branches.push(branch);
    }
  } catch (error) {
    for (const branch of branches) await branch.close();
    throw error;
  }
  return branches;
}

async function openOrRemove(
  world: World,
  place: BranchPlace,
  onDamaged: (name: string, fault: Fault) => void,
): Promise<HeldBranch | undefined> {
  try {
    return await HeldBranch.open(world, place);
  } catch (error) {
    if (!isFault(error) || error.kind !== "corruption") throw error;
    onDamaged(place.name, error);
    const folder = `${place.above}/${place.name}`;
    await removeOffer(world.files, folder);
    await world.files.removeFolder(folder);
    await world.files.syncFolder(place.above);
    return undefined;
  }
}
