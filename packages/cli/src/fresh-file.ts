import { Fault } from "@leeward/base";
import type { Files } from "@leeward/world";

/** A file that a command is to write is never written over another. @throws Fault `file-exists` */
export async function requireFresh(files: Files, path: string): Promise<void> {
  if ((await files.status(path)) === undefined) return;
  throw new Fault({
    code: "file-exists",
    kind: "operator",
    message: `${path} exists already, and nothing is written over it.`,
    remedy: "Name a file that does not exist.",
    detail: { path },
  });
}
