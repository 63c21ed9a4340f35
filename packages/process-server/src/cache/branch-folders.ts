import type { World } from "@leeward/world";
import { HeldBranch } from "./held-branch.ts";

/** The branches of a disk's folder in the order in which they began. Folders that were begun or ended halfway are removed. */
export async function openBranches(world: World, folder: string): Promise<HeldBranch[]> {
  const branches: HeldBranch[] = [];
  try {
    for (const name of await world.files.list(folder)) {
      const branch = await HeldBranch.open(world, { above: folder, name });
      if (branch !== undefined) branches.push(branch);
    }
  } catch (error) {
    for (const branch of branches) await branch.close();
    throw error;
  }
  return branches;
}
