// Writes addresses into a replica machine's disks before it is started for the first time, over the point and never into the replica.
//
//   root found ─► its network's manager known ─► file system brought to rest (journal, orphans) ─► files added ─► durable ─► read back
//
// Nobody else has the disks meanwhile. The tools keep no order that a crash could stop in: who is killed here has to begin again on new overlays, so the
// caller keeps a record of the end alone. What was written is read back by another program than wrote it. Worst outcome if broken: a
// machine that starts from a damaged file system, or answers at another's address.
import type { BlockDevice } from "@leeward/block";
import type { GuestCard } from "./guest-card.ts";
import { guestNotWritten, guestUnsuited } from "./guest-faults.ts";
import type { GuestFileSystems, WrittenFile } from "./guest-file-system.ts";
import { type GuestRoot, guestRoot, treeOf } from "./guest-root.ts";
import type { GuestTree } from "./guest-tree.ts";
import { type GuestFile, networkFiles } from "./network-files.ts";
import { guestNetwork } from "./network-manager.ts";
import { PartitionDevice } from "./partition-device.ts";

/** Else it would write settings of its own beside these when it finds a machine that it does not know. */
const CLOUD_INIT = { folder: "/etc/cloud/cloud.cfg.d", name: "99-leeward-network.cfg", mode: 0o644 } as const;

export interface AdjustedMachine {
  readonly id: string;
  readonly cards: readonly GuestCard[];
  /** Its disks, in the order in which they are booted from. They take writes. */
  readonly devices: readonly BlockDevice[];
}

/**
 * Settles when the addresses are in the machine's disks, durable.
 * @throws Fault `guest-not-adjustable`, `guest-tools-missing`, `guest-file-system-damaged`, `guest-not-written`, and what the disks throw
 */
export async function adjustGuest(systems: GuestFileSystems, machine: AdjustedMachine): Promise<void> {
  const { id, cards, devices } = machine;
  const root = await guestRoot(devices);
  const before = await treeOf(root);
  const { manager, ...guest } = await guestNetwork(before);
  const files = networkFiles(manager, cards, guest);
  if ((await before.find(CLOUD_INIT.folder)) !== undefined)
    files.push({
      ...CLOUD_INIT,
      content: "# Written by Leeward for the replica machine.\nnetwork: {config: disabled}\n",
    });
  const said = await write(systems, { id, root, files });
  await root.device.flush();
  const after = await treeOf(root);
  for (const file of files) if (!(await isThere(after, file))) throw guestNotWritten(pathOf(file), said);
}

async function write(
  systems: GuestFileSystems,
  { id, root, files }: { readonly id: string; readonly root: GuestRoot; readonly files: readonly GuestFile[] },
): Promise<string> {
  const { device, extent } = root;
  await using system = await systems.open(new PartitionDevice(device, extent), id);
  await system.repair();
  const tree = await treeOf(root);
  const written: WrittenFile[] = [];
  for (const file of files) written.push(await placed(tree, file));
  return await system.write(written);
}

async function placed(tree: GuestTree, { folder, name, mode, content }: GuestFile): Promise<WrittenFile> {
  const steps = folder.split("/").filter((step) => step !== "");
  for (let count = steps.length; count >= 0; count -= 1) {
    const above = `/${steps.slice(0, count).join("/")}`;
    const node = await tree.find(above);
    if (node === undefined) continue;
    if (node.kind !== "folder") throw guestUnsuited(`its ${above} is no folder`);
    const newFolders = steps.slice(count);
    const replaces = newFolders.length === 0 && (await tree.hasName(folder, name));
    return { folderInode: node.id, newFolders, name, replaces, mode, content };
  }
  throw guestUnsuited("its file system has no root folder");
}

async function isThere(tree: GuestTree, file: GuestFile): Promise<boolean> {
  const path = pathOf(file);
  const node = await tree.find(path);
  const { owner } = node ?? {};
  if (node?.kind !== "file" || node.mode !== file.mode || owner?.user !== 0 || owner.group !== 0) return false;
  return (await tree.text(path)) === file.content;
}

function pathOf({ folder, name }: GuestFile): string {
  return `${folder}/${name}`;
}
