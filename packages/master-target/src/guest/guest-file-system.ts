import type { BlockDevice } from "@leeward/block";

/** A file of this machine's, as it is to be written into a guest. */
export interface WrittenFile {
  /** Of the folder, by the guest's file system. */
  readonly folderInode: number;
  /** Folders below it that are made first, one in another. */
  readonly newFolders: readonly string[];
  readonly name: string;
  /** Whether there is such a name, which is taken away first. */
  readonly replaces: boolean;
  readonly mode: number;
  readonly content: string;
}

/** The ext file system of a partition, as its own tools change it; no kernel reads what lies on it. */
export interface GuestFileSystem extends AsyncDisposable {
  /** Puts back what its journal holds, and what an unmount would have done besides. @throws Fault `guest-file-system-damaged` */
  repair(): Promise<void>;
  /** Returns what the tool said. That it was done is for the caller to see. */
  write(files: readonly WrittenFile[]): Promise<string>;
}

/** Where tools reach a guest's file systems. */
export interface GuestFileSystems {
  /** @throws Fault `guest-tools-missing` */
  open(device: BlockDevice, id: string): Promise<GuestFileSystem>;
  /** Takes away what a daemon that was killed has left of it. */
  sweep(id: string): Promise<void>;
}
