import { Fault, randomId } from "@leeward/base";
import { isId } from "@leeward/proto";
import { readFile, replaceFile, type World } from "@leeward/world";

const FILE = "branch";
const BYTES_MAX = 64;

/** FOLDER/branch: the id of the branch on which the disk's history goes on. The branch's own log and state lie in a folder of that name. */
export const BranchFile = {
  /** The present branch; a disk that has none begins one, durably. @throws Fault `branch-damaged` */
  async read({ files, random }: Pick<World, "files" | "random">, folder: string): Promise<string> {
    const path = `${folder}/${FILE}`;
    if ((await files.status(path)) === undefined) {
      await replaceFile(files, folder, FILE, new TextEncoder().encode(`${randomId(random)}\n`));
    }
    const branch = new TextDecoder().decode(await readFile(files, path, BYTES_MAX)).trim();
    if (isId(branch)) return branch;
    throw new Fault({
      code: "branch-damaged",
      kind: "corruption",
      message: `${path} does not name a branch; the disk's log cannot be told from another's.`,
      detail: { path },
    });
  },
};
