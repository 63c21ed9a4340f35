// Another identity for a home that has one. Nothing of the old one is gone before the new one is there.
//
// Order: enrolled in HOME/identity-next, durably ─► what the kernel notes of its disks forgotten ─► history, plan and fences of the old identity removed ─► identity
// removed ─► identity-next renamed. A crash before the first arrow leaves the home as it was, and a folder with a key with which the same token is taken again; after it,
// `settleNewIdentity`, which every start of the agent begins with, goes on. Worst outcome if broken: history that was recorded under one identity is sent under another.
import type { Files } from "@leeward/world";

const NEXT = "identity-next";
/** What belongs to an identity, beside it. */
const OF_IDENTITY = ["disks", "points", "run", "plan.bin", "fence.json", "hooks-begun.json", "devices"];

/** Takes from the kernel what it notes of a disk, which it would do until the next boot for an agent that does not come back. */
export type ForgetDisk = (diskId: string) => Promise<unknown>;

/** Where the new identity is made. */
export function nextIdentityFolder(home: string): string {
  return `${home}/${NEXT}`;
}

/** Goes on with an exchange that was begun, if there is one; returns whether there was. The agent of the home does not run. */
export async function settleNewIdentity(files: Files, home: string, forgetDisk: ForgetDisk): Promise<boolean> {
  if ((await files.status(`${home}/${NEXT}/certificate.pem`)) === undefined) return false;
  await forgetIdentity(files, home, forgetDisk);
  await files.rename(`${home}/${NEXT}`, `${home}/identity`);
  await files.syncFolder(home);
  return true;
}

/** Removes the home's identity and all that belongs to it, durably; settings, hooks and offers stay. The agent of the home does not run. */
export async function forgetIdentity(files: Files, home: string, forgetDisk: ForgetDisk): Promise<void> {
  const disks = `${home}/disks`;
  if ((await files.status(disks)) !== undefined) for (const diskId of await files.list(disks)) await forgetDisk(diskId);
  for (const name of [...OF_IDENTITY, "identity"]) await removed(files, `${home}/${name}`);
  await files.syncFolder(home);
}

async function removed(files: Files, path: string): Promise<void> {
  const found = await files.status(path);
  if (found === undefined) return;
  await (found.kind === "folder" ? files.removeFolder(path) : files.remove(path));
}
