// What is kept of a replica machine here, in a file for each, and how it moves on. Each step is durable before what it allows is done.
//
// ```
//   nothing ──► starting ──► started ──► halting ──► halted
//                   │           ▲           │  ▲        │
//                   │           └─ restarting ◄─┴───────┘
//                   └──► removing ◄── (from each)     then the file is removed
// ```
//
//   starting     its disks may be open, and the recovery host may know it; it waits to be asked for again, or to be removed. Until it says `adjusted`,
//                its disks may be half adjusted, and no machine has run on them
//   started      it is the recovery host's; its disks are served whenever this daemon runs
//   halting      it was to be halted: it may run or not, and its disks may be served or not; it waits to be asked for again
//   halted       it does not run, and nothing is written to its disks, for good
//   restarting   as halting, and it was to be started again on the same overlays
//   removing     nothing of it shall be; whoever finds this carries on
import { assert, Fault, isFault } from "@leeward/base";
import { decodeEnvelope, encodeEnvelope, isId, type StartReplica } from "@leeward/proto";
import { type Files, readFile, removeReplaced, replaceFile } from "@leeward/world";

const STEPS = ["starting", "started", "halting", "halted", "restarting", "removing"] as const;

export type ReplicaStep = (typeof STEPS)[number];

/** How a machine ended when it was halted. */
export interface HaltedRecord {
  readonly orderly: boolean;
  /** When: microseconds since 1970. */
  readonly timeMicros: number;
  /** Where what was written over each disk ended, in the order of the disks. */
  readonly overlays: readonly { readonly branch: string; readonly sequence: number }[];
  /** The recovery point that was asked for of what it wrote, from before anything of that becomes history. */
  readonly point?: { readonly id: string; readonly number: number; readonly timeMicros: number };
}

export interface ReplicaRecord {
  readonly step: ReplicaStep;
  /** What was asked for, whole. */
  readonly asked: StartReplica;
  /** Under which ids its disks are opened, in their order: known before any is. */
  readonly openedIds: readonly string[];
  /** What was to be written into its disks before it is started for the first time is there, whole. */
  readonly adjusted: boolean;
  /** In the step `halted` alone. */
  readonly halted?: HaltedRecord;
}

const NEXT: Readonly<Record<ReplicaStep, readonly ReplicaStep[]>> = {
  starting: ["starting", "started", "removing"],
  started: ["halting", "removing"],
  halting: ["halting", "halted", "restarting", "removing"],
  halted: ["halted", "restarting", "removing"],
  restarting: ["restarting", "started", "halting", "removing"],
  removing: ["removing"],
};
const FORMAT = 1;
const BYTES_MAX = 1 << 20;
const SUFFIX = ".json";

/** The record one step further. */
export function movedTo(record: ReplicaRecord, step: Exclude<ReplicaStep, "halted">): ReplicaRecord {
  return moved(record, step);
}

/** The record of a machine that is halted. */
export function haltedAs(record: ReplicaRecord, halted: HaltedRecord): ReplicaRecord {
  return { ...moved(record, "halted"), halted };
}

function moved({ step: before, asked, openedIds, adjusted }: ReplicaRecord, step: ReplicaStep): ReplicaRecord {
  assert(NEXT[before].includes(step), `a replica machine does not go from ${before} to ${step}`);
  return { step, asked, openedIds, adjusted };
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
    const { step, asked, openedIds, adjusted, halted } = record;
    const message = encodeEnvelope({
      kind: "controlRequest",
      value: { id: 1, body: { kind: "startReplica", value: asked } },
    });
    const document = {
      format: FORMAT,
      step,
      openedIds,
      adjusted,
      halted,
      asked: Buffer.concat(message).toString("base64"),
    };
    const content = new TextEncoder().encode(`${JSON.stringify(document)}\n`);
    await replaceFile(this.#files, this.#folder, `${asked.replicaId}${SUFFIX}`, content);
  }

  /** Also what a kill left of a record that was being written. */
  async remove(id: string): Promise<void> {
    assert(isId(id), "an id was checked when it came in");
    await removeReplaced(this.#files, this.#folder, `${id}${SUFFIX}`);
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
    const step = stepOf(field(document, "step"));
    // Earlier releases adjusted none, and did not say so.
    const adjusted = field(document, "adjusted") !== false;
    if (step !== "halted") return { step, asked, openedIds, adjusted };
    const halted = haltedOf(field(document, "halted"));
    if (halted.overlays.length !== asked.disks.length)
      throw new RangeError("its disks and their overlays do not match");
    return { step, asked, openedIds, adjusted, halted };
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
  return value.map(idOf);
}

function stepOf(value: unknown): ReplicaStep {
  const step = STEPS.find((each) => each === value);
  if (step === undefined) throw new RangeError("its step is not known");
  return step;
}

function haltedOf(value: unknown): HaltedRecord {
  const overlays = field(value, "overlays");
  if (!Array.isArray(overlays)) throw new RangeError("it has no list of overlays");
  const point: unknown = Reflect.get(Object(value), "point");
  return {
    orderly: field(value, "orderly") === true,
    timeMicros: numberOf(field(value, "timeMicros")),
    overlays: overlays.map((each: unknown) => ({
      branch: idOf(field(each, "branch")),
      sequence: numberOf(field(each, "sequence")),
    })),
    ...(point === undefined ? {} : { point: pointOf(point) }),
  };
}

function pointOf(value: unknown): NonNullable<HaltedRecord["point"]> {
  const [number, timeMicros] = [numberOf(field(value, "number")), numberOf(field(value, "timeMicros"))];
  return { id: idOf(field(value, "id")), number, timeMicros };
}

function numberOf(value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError("a number is none");
}

function idOf(value: unknown): string {
  if (typeof value === "string" && isId(value)) return value;
  throw new RangeError("an id is none");
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
