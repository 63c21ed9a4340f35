import { Fault, randomId } from "@leeward/base";
import { isId } from "@leeward/proto";
import { readFile, replaceFile, type World } from "@leeward/world";

const FILE = "branch";
const BYTES_MAX = 8 * 1024;
const MESSAGE_CHARACTERS_MAX = 1_000;

/** Why a disk is copied again as a whole, on a branch of its own. */
export interface ResyncCause {
  readonly code: string;
  readonly message: string;
  readonly sinceMicros: number;
  /** How many resyncs came one after another, this one included, without their target taking any of them for a while. */
  readonly count: number;
}

/** What stands in the way of going on with a branch. */
export type Discontinuity = Pick<ResyncCause, "code" | "message">;

/** The line on which a disk's history goes on. */
export interface DiskBranch {
  readonly id: string;
  /** Set from when a resync began the branch until its target has taken it, and gone on taking it, for a while. */
  readonly resync?: ResyncCause;
}

/**
 * FOLDER/branch: on its first line the branch on which the disk's history goes on, whose own log and state lie in a folder of that name;
 * on its second, as JSON, why a resync began it.
 */
export const BranchFile = {
  /** The present branch; a disk that has none begins one, durably. @throws Fault `branch-damaged` */
  async read({ files, random }: Pick<World, "files" | "random">, folder: string): Promise<DiskBranch> {
    const path = `${folder}/${FILE}`;
    if ((await files.status(path)) === undefined) {
      await BranchFile.write({ files }, folder, { id: randomId(random) });
    }
    const text = new TextDecoder().decode(await readFile(files, path, BYTES_MAX));
    const branch = parse(text);
    if (branch !== undefined) return branch;
    throw new Fault({
      code: "branch-damaged",
      kind: "corruption",
      message: `${path} does not name a branch; the disk's log cannot be told from another's.`,
      detail: { path },
    });
  },

  /** Durable when it settles. */
  async write({ files }: Pick<World, "files">, folder: string, { id, resync }: DiskBranch): Promise<void> {
    const message = resync?.message.slice(0, MESSAGE_CHARACTERS_MAX);
    const why = resync === undefined ? "" : `${JSON.stringify({ ...resync, message })}\n`;
    await replaceFile(files, folder, FILE, new TextEncoder().encode(`${id}\n${why}`));
  },
};

function parse(text: string): DiskBranch | undefined {
  const [id = "", why = ""] = text.split("\n");
  if (!isId(id)) return undefined;
  if (why === "") return { id };
  const resync = causeOf(why);
  return resync && { id, resync };
}

function causeOf(text: string): ResyncCause | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Not JSON: nothing that was written here.
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null) return undefined;
  if (!("code" in parsed) || !("message" in parsed) || !("sinceMicros" in parsed) || !("count" in parsed))
    return undefined;
  const { code, message, sinceMicros, count } = parsed;
  if (typeof code !== "string" || typeof message !== "string" || typeof sinceMicros !== "number") return undefined;
  return typeof count === "number" ? { code, message, sinceMicros, count } : undefined;
}
