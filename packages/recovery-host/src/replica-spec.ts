import { Fault } from "@leeward/base";
import {
  CPUS_MAX,
  DISKS_MAX,
  FORWARDS_MAX,
  MEMORY_MIB_MAX,
  MEMORY_MIB_MIN,
  NAME_LETTERS_MAX,
  NICS_MAX,
} from "./limits.ts";

/** How a machine's firmware starts what is on its first disk. */
export type Firmware = "bios" | "uefi";
export type DiskBus = "virtio" | "sata" | "scsi" | "nvme" | "ide";
export type NicModel = "virtio" | "e1000" | "e1000e" | "rtl8139" | "vmxnet3";

/**
 * - `isolated`: a network of its own with nobody else on it; only forwarded ports are reached, from this host's loopback.
 * - `user`: the same, and the machine reaches what this host reaches.
 * - a bridge of this host, which has to exist: machines on one bridge reach one another, and whatever it is joined to.
 */
export type ReplicaNetwork = "isolated" | "user" | { readonly bridge: string };

/** A disk that an NBD server of this host offers on a Unix socket. */
export interface ReplicaDisk {
  /** What the guest finds it by, as far as letters, digits, dot, dash and line go: the disk's serial number. */
  readonly name: string;
  readonly nbdSocket: string;
  readonly exportName: string;
  readonly bus: DiskBus;
  /** Only the buses virtio and scsi have such disks. */
  readonly readOnly: boolean;
}

export interface ReplicaNic {
  /** One that follows from the machine's id and the place in the list, where none is given. */
  readonly mac?: string;
  readonly model: NicModel;
  readonly network: ReplicaNetwork;
  /** TCP ports of the guest that are reached from this host's loopback; not on a bridge, where the guest has an address. */
  readonly forwards?: readonly number[];
}

/** What a machine may take of its host; a drill is held to a part of it. */
export interface ReplicaLimits {
  /** Of all processors of the host together, above 0 and at most 1. */
  readonly cpuShare?: number;
  /** For the whole process of the machine, its own memory and what running it takes, MiB. */
  readonly memoryMibMax?: number;
}

/** What a machine is started from. */
export interface ReplicaSpec {
  /** 32 hex digits; the machine is found again by it. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly cpus: number;
  readonly memoryMib: number;
  readonly firmware: Firmware;
  /** In the order in which they are booted from. */
  readonly disks: readonly ReplicaDisk[];
  readonly nics: readonly ReplicaNic[];
  readonly limits?: ReplicaLimits;
}

const BUSES: readonly DiskBus[] = ["virtio", "sata", "scsi", "nvme", "ide"];
const MODELS: readonly NicModel[] = ["virtio", "e1000", "e1000e", "rtl8139", "vmxnet3"];
const FIRMWARE: readonly Firmware[] = ["bios", "uefi"];
/** Linux: sun_path without its end. */
const SOCKET_BYTES_MAX = 107;
const IDE_DISKS_MAX = 4;
const PORT_MAX = 65_535;

/** Whether it has the form of a machine's id. */
export function isReplicaId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

/** The spec, if every field of it is in its range; from a caller as well as from a file. @throws Fault `replica-spec-invalid` */
export function checkedSpec(value: unknown): ReplicaSpec {
  const all = new Fields(value, "the machine");
  const limits = all.optional("limits", limitsOf);
  const spec: ReplicaSpec = {
    id: all.text("id", isReplicaId, "32 hex digits"),
    name: all.text("name", isName, "a name"),
    cpus: all.whole("cpus", 1, CPUS_MAX),
    memoryMib: all.whole("memoryMib", MEMORY_MIB_MIN, MEMORY_MIB_MAX),
    firmware: all.choice("firmware", FIRMWARE),
    disks: all.list("disks", { least: 1, most: DISKS_MAX }, diskOf),
    nics: all.list("nics", { least: 0, most: NICS_MAX }, nicOf),
    ...(limits === undefined ? {} : { limits }),
  };
  if (spec.disks.filter(({ bus }) => bus === "ide").length > IDE_DISKS_MAX) {
    throw invalid("the machine", "disks", `at most ${IDE_DISKS_MAX} with the bus ide`);
  }
  return spec;
}

function diskOf(value: unknown, where: string): ReplicaDisk {
  const disk = new Fields(value, where);
  const bus = disk.choice("bus", BUSES);
  const readOnly = disk.flag("readOnly");
  if (readOnly && bus !== "virtio" && bus !== "scsi") throw invalid(where, "readOnly", `false with the bus ${bus}`);
  return {
    name: disk.text("name", isName, "a name"),
    nbdSocket: disk.text("nbdSocket", isSocketPath, `an absolute path of at most ${SOCKET_BYTES_MAX} bytes`),
    exportName: disk.text("exportName", (text) => text.length <= 4_096 && !text.includes("\0"), "an export's name"),
    bus,
    readOnly,
  };
}

function nicOf(value: unknown, where: string): ReplicaNic {
  const nic = new Fields(value, where);
  const mac = nic.optional("mac", () => nic.text("mac", isUnicast, "the address of one card, as 52:54:00:12:34:56"));
  const network = nic.required("network", networkOf);
  const forwards = nic.optional("forwards", () =>
    nic.list("forwards", { least: 0, most: FORWARDS_MAX }, (port, where) => portOf(port, where)),
  );
  if (typeof network === "object" && (forwards ?? []).length > 0) throw invalid(where, "forwards", "none on a bridge");
  return {
    model: nic.choice("model", MODELS),
    network,
    ...(mac === undefined ? {} : { mac }),
    ...(forwards === undefined ? {} : { forwards }),
  };
}

function networkOf(value: unknown, where: string): ReplicaNetwork {
  if (value === "isolated" || value === "user") return value;
  const isInterface = (text: string): boolean => /^[A-Za-z0-9._-]{1,15}$/.test(text) && !/^\.+$/.test(text);
  return { bridge: new Fields(value, where).text("bridge", isInterface, "the name of an interface") };
}

function limitsOf(value: unknown, where: string): ReplicaLimits {
  const limits = new Fields(value, where);
  const cpuShare = limits.optional("cpuShare", (share) => {
    if (typeof share === "number" && share >= 0.01 && share <= 1) return share;
    throw invalid(where, "cpuShare", "from 0.01 to 1");
  });
  const memoryMibMax = limits.optional("memoryMibMax", () => limits.whole("memoryMibMax", 1, 2 * MEMORY_MIB_MAX));
  return { ...(cpuShare === undefined ? {} : { cpuShare }), ...(memoryMibMax === undefined ? {} : { memoryMibMax }) };
}

function portOf(value: unknown, where: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= PORT_MAX) return value;
  throw invalid(where, "port", `from 1 to ${PORT_MAX}`);
}

function isName(text: string): boolean {
  return text.length >= 1 && text.length <= NAME_LETTERS_MAX && !text.includes("\0");
}

function isSocketPath(text: string): boolean {
  return text.startsWith("/") && !text.includes("\0") && Buffer.byteLength(text) <= SOCKET_BYTES_MAX;
}

function isUnicast(text: string): boolean {
  return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(text) && Number.parseInt(text.slice(0, 2), 16) % 2 === 0;
}

/** The fields of something that anybody may have written. */
class Fields {
  readonly #value: object;
  readonly #where: string;

  constructor(value: unknown, where: string) {
    if (typeof value !== "object" || value === null) throw invalid(where, "all of it", "fields with values");
    this.#value = value;
    this.#where = where;
  }

  required<T>(name: string, decode: (value: unknown, where: string) => T): T {
    return decode(Reflect.get(this.#value, name), `${this.#where}: ${name}`);
  }

  optional<T>(name: string, decode: (value: unknown, where: string) => T): T | undefined {
    return Reflect.get(this.#value, name) === undefined ? undefined : this.required(name, decode);
  }

  text(name: string, isGood: (text: string) => boolean, expected: string): string {
    const value: unknown = Reflect.get(this.#value, name);
    if (typeof value === "string" && isGood(value)) return value;
    throw invalid(this.#where, name, expected);
  }

  whole(name: string, least: number, most: number): number {
    const value: unknown = Reflect.get(this.#value, name);
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
    throw invalid(this.#where, name, `a whole number from ${least} to ${most}`);
  }

  flag(name: string): boolean {
    const value: unknown = Reflect.get(this.#value, name);
    if (typeof value === "boolean") return value;
    throw invalid(this.#where, name, "true or false");
  }

  choice<T extends string>(name: string, choices: readonly T[]): T {
    const value: unknown = Reflect.get(this.#value, name);
    const found = choices.find((each) => each === value);
    if (found !== undefined) return found;
    throw invalid(this.#where, name, `one of ${choices.join(", ")}`);
  }

  list<T>(
    name: string,
    { least, most }: { readonly least: number; readonly most: number },
    decode: (value: unknown, where: string) => T,
  ): T[] {
    const value: unknown = Reflect.get(this.#value, name);
    if (!Array.isArray(value) || value.length < least || value.length > most) {
      throw invalid(this.#where, name, `a list of ${least} to ${most}`);
    }
    return value.map((each: unknown, index) => decode(each, `${this.#where}: ${name} ${index + 1}`));
  }
}

/** What a hypervisor does not have. */
export function specUnsupported(field: string, expected: string): Fault {
  return invalid("the machine", field, expected);
}

function invalid(where: string, field: string, expected: string): Fault {
  return new Fault({
    code: "replica-spec-invalid",
    kind: "operator",
    message: `No machine can be started so: ${where}: ${field} should be ${expected}.`,
    remedy: "Correct the recovery settings of the machine.",
    detail: { where, field },
  });
}
