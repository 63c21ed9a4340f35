// What is kept of a replica machine here, in a file for each, and how it moves on. Each step is durable before what it allows is done.
//
// ```
//   nothing ──► starting ──► started
//                   │           │
//                   └──► removing ◄──► (again)     then the file is removed
// ```
//
//   starting   its disks may be open, and the recovery host may know it; it waits to be asked for again, or to be removed
//   started    it is the recovery host's; its disks are served whenever this daemon runs
//   removing   nothing of it shall be; whoever finds this carries on
import { assert, Fault, isFault } from "@leeward/base";
import { decodeEnvelope, encodeEnvelope, isId, type StartReplica } from "@leeward/proto";
import { type Files, readFile, replaceFile } from "@leeward/world";

export type ReplicaStep = "starting" | "started" | "removing";

export interface ReplicaRecord {
  readonly step: ReplicaStep;
  /** What was asked for, whole. */
  readonly asked: StartReplica;
  /** Under which ids its disks are opened, in their order: known before any is. */
  readonly openedIds: readonly string[];
}

const NEXT: Readonly<Record<ReplicaStep, readonly ReplicaStep[]>> = {
  starting: ["started", "removing"],
  started: ["removing"],
  removing: ["removing"],
};
const FORMAT = 1;
const BYTES_MAX = 1 << 20;
const SUFFIX = ".json";

/** The record one step further. */
export function movedTo(record: ReplicaRecord, step: ReplicaStep): ReplicaRecord {
  assert(NEXT[record.step].includes(step), `a replica machine does not go from ${record.step} to ${step}`);
  return { ...record, step };
}

/** The records of all replica machines, durable. */
export class ReplicaRecords {
  readonly #files: Files;
  readonly #folder: string;

  /** `folder` exists, and its name is durable. */
  constructor(files: Files, folder: string) {
    this.#files = files;
    this.#folder = folder;
  }

  async ids(): Promise<string[]> {
    const names = await this.#files.list(this.#folder);
    return names
      .filter((name) => name.endsWith(SUFFIX))
      .map((name) => name.slice(0, -SUFFIX.length))
      .filter(isId);
  }

  /** undefined when there is none. @throws Fault `replica-order-damaged` */
  async read(id: string): Promise<ReplicaRecord | undefined> {
    const path = this.#path(id);
    if ((await this.#files.status(path)) === undefined) return undefined;
    return decoded(await readFile(this.#files, path, BYTES_MAX), { id, path });
  }

  async write(record: ReplicaRecord): Promise<void> {
    const { step, asked, openedIds } = record;
    const message = encodeEnvelope({
      kind: "controlRequest",
      value: { id: 1, body: { kind: "startReplica", value: asked } },
    });
    const document = { format: FORMAT, step, openedIds, asked: Buffer.concat(message).toString("base64") };
    const content = new TextEncoder().encode(`${JSON.stringify(document)}\n`);
    await replaceFile(this.#files, this.#folder, `${asked.replicaId}${SUFFIX}`, content);
  }

  async remove(id: string): Promise<void> {
    if ((await this.#files.status(this.#path(id))) === undefined) return;
    await this.#files.remove(this.#path(id));
    await this.#files.syncFolder(this.#folder);
  }

  #path(id: string): string {
    assert(isId(id), "an id was checked when it came in");
    return `${this.#folder}/${id}${SUFFIX}`;
  }
}

function decoded(bytes: Uint8Array, { id, path }: { readonly id: string; readonly path: string }): ReplicaRecord {
  try {
    const document: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (field(document, "format") !== FORMAT) throw new RangeError("its format is not known");
    const asked = askedOf(field(document, "asked"));
    const openedIds = idsOf(field(document, "openedIds"));
    if (asked.replicaId !== id) throw new RangeError("it is of another machine");
    if (openedIds.length !== asked.disks.length) throw new RangeError("its disks and their ids do not match");
    return { step: stepOf(field(document, "step")), asked, openedIds };
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof RangeError || isFault(cause)) throw orderDamaged(path, cause);
    throw cause;
  }
}

function askedOf(value: unknown): StartReplica {
  if (typeof value !== "string") throw new RangeError("it does not say what was asked for");
  const { body } = decodeEnvelope(Buffer.from(value, "base64"));
  if (body.kind === "controlRequest" && body.value.body.kind === "startReplica") return body.value.body.value;
  throw new RangeError("what was asked for is something else");
}

function idsOf(value: unknown): string[] {
  if (!Array.isArray(value)) throw new RangeError("it has no list of ids");
  return value.map((each) => {
    if (typeof each === "string" && isId(each)) return each;
    throw new RangeError("an id is none");
  });
}

function stepOf(value: unknown): ReplicaStep {
  if (value === "starting" || value === "started" || value === "removing") return value;
  throw new RangeError("its step is not known");
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) throw new RangeError(`there is nothing with the field ${name}`);
  return Reflect.get(value, name);
}

function orderDamaged(path: string, cause: unknown): Fault {
  return new Fault({
    code: "replica-order-damaged",
    kind: "corruption",
    message: `${path} does not say which replica machine was to be started.`,
    remedy: "Check the disk that holds it. `leeward failover cleanup` removes the machine all the same.",
    detail: { path },
    cause,
  });
}
