// What is kept of a machine, and how it moves on. Each step is durable before what it allows is done.
//
// ```
//   nothing ──► starting ──► running ──► ending ──► ended
//                  │  ▲         │                     │ │
//                  │  └─────────│─────────────────────┘ │  started anew
//                  └────────────┴──────► removing ◄─────┘  then the folder is removed
// ```
//
//   starting   its process may exist, and has run no instruction of the guest
//   running    its processor may run
//   ending     an order to stop was given
//   removing   nothing of it shall be; whoever finds this carries on
import { assert, isFault } from "@leeward/base";
import { type Files, makeDurableFolder, readFile, replaceFile } from "@leeward/world";
import { RECORD_BYTES_MAX } from "./limits.ts";
import type { EndWay, LimitsBy, StopWay } from "./recovery-host.ts";
import { recordDamaged } from "./replica-faults.ts";
import { checkedSpec, isReplicaId, type ReplicaSpec } from "./replica-spec.ts";

export type ReplicaStep =
  | { readonly kind: "starting" }
  | { readonly kind: "running" }
  | { readonly kind: "ending"; readonly way: StopWay }
  | { readonly kind: "ended"; readonly how: EndWay; readonly said: string }
  | { readonly kind: "removing" };

/** What holds a machine to its limits, and which folders of control groups are made for that. */
export interface HeldLimits {
  readonly cpu: LimitsBy;
  readonly memory: LimitsBy;
  readonly groups: readonly string[];
}

export interface ReplicaRecord {
  readonly spec: ReplicaSpec;
  readonly step: ReplicaStep;
  readonly limits: HeldLimits;
  /** It was running once, so that a start which fails leaves it ended. */
  readonly ranBefore: boolean;
  readonly resumedMicros?: number;
}

const NEXT: Readonly<Record<ReplicaStep["kind"], readonly ReplicaStep["kind"][]>> = {
  starting: ["ending", "running", "ended", "removing"],
  running: ["running", "ending", "ended", "removing"],
  ending: ["ending", "running", "ended", "removing"],
  ended: ["starting", "ended", "removing"],
  removing: ["removing"],
};
const FORMAT = 1;
const FILE = "machine.json";
const WAYS: readonly StopWay[] = ["power-off", "shut-down"];
const HOWS: readonly EndWay[] = ["powered-off", "shut-down", "by-itself", "lost", "not-started"];
const LIMITS_BY: readonly LimitsBy[] = ["systemd", "cgroup2", "cgroup1", "libvirt", "nice", "none"];

/** The record one step further. */
export function moved(record: ReplicaRecord, step: ReplicaStep): ReplicaRecord {
  assert(NEXT[record.step.kind].includes(step.kind), `a machine does not go from ${record.step.kind} to ${step.kind}`);
  return { ...record, step };
}

/** The folders of machines, one for each, by id. */
export class ReplicaRecords {
  readonly #files: Files;
  readonly #folder: string;

  /** `folder` exists, and its name is durable. */
  constructor(files: Files, folder: string) {
    this.#files = files;
    this.#folder = folder;
  }

  folderOf(id: string): string {
    assert(isReplicaId(id), `${JSON.stringify(id)} is no machine's id`);
    return `${this.#folder}/${id}`;
  }

  /** Of every folder, also of those without a record. */
  async ids(): Promise<string[]> {
    return (await this.#files.list(this.#folder)).filter(isReplicaId);
  }

  /** undefined when there is none: nothing of such a machine was ever begun, or all but its folder is gone. @throws Fault `replica-record-damaged` */
  async read(id: string): Promise<ReplicaRecord | undefined> {
    const path = `${this.folderOf(id)}/${FILE}`;
    if ((await this.#files.status(path)) === undefined) return undefined;
    return decoded(await readFile(this.#files, path, RECORD_BYTES_MAX), { id, path });
  }

  /** Durable when it settles, the folder too. */
  async write(record: ReplicaRecord): Promise<void> {
    const folder = this.folderOf(record.spec.id);
    await makeDurableFolder(this.#files, this.#folder, folder);
    const text = JSON.stringify({ format: FORMAT, ...record });
    await replaceFile(this.#files, folder, FILE, new TextEncoder().encode(`${text}\n`));
  }

  async remove(id: string): Promise<void> {
    await this.#files.removeFolder(this.folderOf(id));
    await this.#files.syncFolder(this.#folder);
  }
}

function decoded(bytes: Uint8Array, { id, path }: { readonly id: string; readonly path: string }): ReplicaRecord {
  try {
    const document: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const format = field(document, "format");
    if (format !== FORMAT) throw new RangeError(`its format is ${String(format)}`);
    const spec = checkedSpec(field(document, "spec"));
    if (spec.id !== id) throw new RangeError("it is of another machine");
    const resumedMicros = field(document, "resumedMicros");
    return {
      spec,
      step: stepOf(field(document, "step")),
      limits: limitsOf(field(document, "limits")),
      ranBefore: field(document, "ranBefore") === true,
      ...(typeof resumedMicros === "number" ? { resumedMicros } : {}),
    };
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof RangeError || isFault(cause)) throw recordDamaged(path, cause);
    throw cause;
  }
}

function stepOf(value: unknown): ReplicaStep {
  const kind = field(value, "kind");
  if (kind === "starting" || kind === "running" || kind === "removing") return { kind };
  if (kind === "ending") return { kind, way: oneOf(WAYS, field(value, "way")) };
  if (kind === "ended") return { kind, how: oneOf(HOWS, field(value, "how")), said: textOf(field(value, "said")) };
  throw new RangeError("its step is not known");
}

function limitsOf(value: unknown): HeldLimits {
  const groups = field(value, "groups");
  if (!Array.isArray(groups)) throw new RangeError("its control groups are no list");
  return {
    cpu: oneOf(LIMITS_BY, field(value, "cpu")),
    memory: oneOf(LIMITS_BY, field(value, "memory")),
    groups: groups.map(textOf),
  };
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) throw new RangeError(`there is nothing with the field ${name}`);
  return Reflect.get(value, name);
}

function oneOf<T extends string>(choices: readonly T[], value: unknown): T {
  const found = choices.find((each) => each === value);
  if (found === undefined) throw new RangeError(`${String(value)} is none of ${choices.join(", ")}`);
  return found;
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  throw new RangeError("a text is missing");
}
