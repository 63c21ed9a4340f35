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
  /** Where it begins, when it goes on from what a replica machine wrote, or from a seed. */
  readonly parent?: BranchPosition;
  /** What lies at its parent is a seed: the disk was never that. */
  readonly seeded?: boolean;
  /** What the disk had there, bytes: what a larger one has behind that is copied. */
  readonly parentBytes?: number;
  /** The failover that ended where the plan says that the disk goes on: it is settled, by this branch or one before, and is not begun again. */
  readonly origin?: string;
  /** The reverse record that the branch does not need: what the disk held when it began is copied anew, or is the replica machine's. */
  readonly leftReverse?: string;
  /** Set from when a resync began the branch until its target has taken it, and gone on taking it, for a while. */
  readonly resync?: ResyncCause;
}

/** A place in a disk's history. */
export interface BranchPosition {
  readonly branch: string;
  readonly sequence: number;
}

/**
 * FOLDER/branch: on its first line the branch on which the disk's history goes on, whose own log and state lie in a folder of that name;
 * on its second, as JSON, why a resync began it, or nothing; on its third, as JSON, how it follows on a failback or a seed. One that has no third was written
 * before there were any.
 */
export const BranchFile = {
  /** The present branch; a disk that has none begins one, durably, as `first` says. @throws Fault `branch-damaged` */
  async read(
    { files, random }: Pick<World, "files" | "random">,
    folder: string,
    first: Omit<DiskBranch, "id"> = {},
  ): Promise<DiskBranch> {
    const path = `${folder}/${FILE}`;
    if ((await files.status(path)) === undefined) {
      await BranchFile.write({ files }, folder, { id: randomId(random), ...first });
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
  async write({ files }: Pick<World, "files">, folder: string, { id, resync, ...after }: DiskBranch): Promise<void> {
    const message = resync?.message.slice(0, MESSAGE_CHARACTERS_MAX);
    const why = resync === undefined ? "" : JSON.stringify({ ...resync, message });
    const text = `${id}\n${why}\n${JSON.stringify(after)}\n`;
    await replaceFile(files, folder, FILE, new TextEncoder().encode(text));
  },
};

function parse(text: string): DiskBranch | undefined {
  const [id = "", why = "", after = ""] = text.split("\n");
  if (!isId(id)) return undefined;
  const following = after === "" ? {} : followingOf(after);
  if (following === undefined) return undefined;
  if (why === "") return { id, ...following };
  const resync = causeOf(why);
  return resync && { id, resync, ...following };
}

function followingOf(text: string): Omit<DiskBranch, "id" | "resync"> | undefined {
  const parsed = parsedJson(text);
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const fields: Record<string, unknown> = { ...parsed };
  const { parent, parentBytes, seeded, origin, leftReverse } = fields;
  const place = parent === undefined ? undefined : placeOf(parent);
  if (parent !== undefined && place === undefined) return undefined;
  if (seeded !== undefined && seeded !== true) return undefined;
  if (!isMaybeId(origin) || !isMaybeId(leftReverse) || !isMaybeCount(parentBytes)) return undefined;
  return {
    ...(place === undefined ? {} : { parent: place }),
    ...(parentBytes === undefined ? {} : { parentBytes }),
    ...(seeded === undefined ? {} : { seeded }),
    ...(origin === undefined ? {} : { origin }),
    ...(leftReverse === undefined ? {} : { leftReverse }),
  };
}

function placeOf(value: unknown): BranchPosition | undefined {
  if (typeof value !== "object" || value === null || !("branch" in value) || !("sequence" in value)) return undefined;
  const { branch, sequence } = value;
  if (typeof branch !== "string" || !isId(branch)) return undefined;
  return sequence !== undefined && isMaybeCount(sequence) ? { branch, sequence } : undefined;
}

function isMaybeCount(value: unknown): value is number | undefined {
  return value === undefined || (typeof value === "number" && Number.isSafeInteger(value) && value >= 0);
}

function isMaybeId(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === "string" && isId(value));
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: nothing that was written here.
    return undefined;
  }
}

function causeOf(text: string): ResyncCause | undefined {
  const parsed = parsedJson(text);
  if (typeof parsed !== "object" || parsed === null) return undefined;
  if (!("code" in parsed) || !("message" in parsed) || !("sinceMicros" in parsed) || !("count" in parsed))
    return undefined;
  const { code, message, sinceMicros, count } = parsed;
  if (typeof code !== "string" || typeof message !== "string" || typeof sinceMicros !== "number") return undefined;
  return typeof count === "number" ? { code, message, sinceMicros, count } : undefined;
}
