import type { FileHandle, Files } from "@leeward/world";

/** Files that are as quick as memory allows: nothing is made durable. Only for what is thrown away when the machine stops. */
export function unsyncedFiles(files: Files): Files {
  return {
    ...files,
    open: async (path, mode) => unsyncedHandle(await files.open(path, mode)),
    syncFolder: async () => undefined,
  };
}

function unsyncedHandle(handle: FileHandle): FileHandle {
  return {
    read: (target, position) => handle.read(target, position),
    write: (parts, position) => handle.write(parts, position),
    datasync: async () => undefined,
    truncate: (sizeBytes) => handle.truncate(sizeBytes),
    sizeBytes: () => handle.sizeBytes(),
    close: () => handle.close(),
    [Symbol.asyncDispose]: () => handle.close(),
  };
}
