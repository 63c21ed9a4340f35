import { type Files, readFile } from "@leeward/world";

const FILE_BYTES_MAX = 1 << 30;

interface KeptFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A folder as it was at one moment, as a backup or a snapshot below the file system keeps it. */
export class FolderImage {
  readonly #path: string;
  readonly #kept: readonly KeptFile[];

  private constructor(path: string, kept: readonly KeptFile[]) {
    this.#path = path;
    this.#kept = kept;
  }

  static async take(files: Files, path: string): Promise<FolderImage> {
    const kept: KeptFile[] = [];
    for (const file of await filesBelow(files, path)) {
      kept.push({ path: file, bytes: await readFile(files, file, FILE_BYTES_MAX) });
    }
    return new FolderImage(path, kept);
  }

  /** Puts the folder back as it was; durable when it settles. */
  async restore(files: Files): Promise<void> {
    await files.removeFolder(this.#path);
    await files.makeFolder(this.#path);
    const folders = new Set<string>([this.#path]);
    for (const { path, bytes } of this.#kept) {
      for (let at = path.lastIndexOf("/"); at >= this.#path.length; at = path.lastIndexOf("/", at - 1))
        folders.add(path.slice(0, at));
      await files.makeFolder(path.slice(0, path.lastIndexOf("/")));
      await using handle = await files.open(path, "create");
      await handle.write([bytes], 0);
      await handle.datasync();
    }
    for (const folder of [...folders].sort()) await files.syncFolder(folder);
    await files.syncFolder("/");
  }
}

/** Every file below the folder, sorted. */
export async function filesBelow(files: Files, folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await files.list(folder)) {
    const path = `${folder}/${name}`;
    if ((await files.status(path))?.kind === "folder") found.push(...(await filesBelow(files, path)));
    else found.push(path);
  }
  return found;
}
