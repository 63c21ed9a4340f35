import type { FileHandle, Files } from "@leeward/world";

const CHUNK_BYTES = 1024 * 1024;

/**
 * Copies a folder with all files and folders in it, durably. `last` names the file at its top that is copied after everything else, so that its
 * presence says that the copy is whole. Sockets and other special files are left out.
 */
export async function copyFolder(files: Files, task: { from: string; to: string; last: string }): Promise<void> {
  await copyInto(files, task, task.last);
  await copyFile(files, `${task.from}/${task.last}`, `${task.to}/${task.last}`);
  await files.syncFolder(task.to);
}

async function copyInto(
  files: Files,
  { from, to }: { from: string; to: string },
  except: string | undefined,
): Promise<void> {
  await files.makeFolder(to);
  for (const name of await files.list(from)) {
    if (name === except) continue;
    const kind = (await files.status(`${from}/${name}`))?.kind;
    if (kind === "folder") await copyInto(files, { from: `${from}/${name}`, to: `${to}/${name}` }, undefined);
    if (kind === "file") await copyFile(files, `${from}/${name}`, `${to}/${name}`);
  }
  await files.syncFolder(to);
}

async function copyFile(files: Files, from: string, to: string): Promise<void> {
  await using source = await files.open(from, "read");
  await using target = await files.open(to, "create");
  await copyBytes(source, target);
  await target.datasync();
}

async function copyBytes(source: FileHandle, target: FileHandle): Promise<void> {
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let position = 0; ; ) {
    const got = await source.read(chunk, position);
    if (got === 0) return;
    await target.write([chunk.subarray(0, got)], position);
    position += got;
  }
}
