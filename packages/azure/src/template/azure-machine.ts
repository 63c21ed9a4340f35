import { Fault, formatBytes, GiB } from "@leeward/base";
import { vhdLayout } from "../fixed-vhd.ts";

/** What a template is made of: a machine as it was protected, and where its disks are published. */
export interface AzureMachine {
  readonly name: string;
  /** The point whose disks it is made of. */
  readonly point: string;
  /** The first one is started from. */
  readonly disks: readonly AzureDisk[];
  /** undefined where it is not known. */
  readonly cpus: number | undefined;
  readonly memoryMib: number | undefined;
  /** undefined where it is not known: whoever deploys says it then. */
  readonly firmware: "bios" | "uefi" | undefined;
  /** Of its first card, as `10.0.0.5/24`, IPv4; undefined where it is not known. */
  readonly address: string | undefined;
}

export interface AzureDisk {
  readonly name: string;
  readonly sizeBytes: number;
  /** https, of the published blob. */
  readonly blobUrl: string;
}

/** Of a disk that a machine is started from. */
const OS_DISK_BYTES_MAX = 4_095 * GiB;
const DATA_DISKS_MAX = 64;

/** @throws Fault `machine-unsuitable-for-azure`, `disk-too-large-for-azure` */
export function checkAzureMachine({ name, disks }: AzureMachine): void {
  const [first, ...others] = disks;
  const refused = (why: string): Fault =>
    new Fault({
      code: "machine-unsuitable-for-azure",
      kind: "operator",
      message: `No template of ${name} can be made: ${why}.`,
      remedy: "Choose the boot disk with `leeward machine recovery M bootDisk=D`; start what does not fit elsewhere.",
      detail: { machine: name },
    });
  if (first === undefined) throw refused("it has no disk");
  if (others.length > DATA_DISKS_MAX)
    throw refused(`Azure takes ${DATA_DISKS_MAX} disks beside the one that is booted`);
  if (first.sizeBytes > OS_DISK_BYTES_MAX) {
    throw refused(`${first.name} is booted and has more than ${formatBytes(OS_DISK_BYTES_MAX)}`);
  }
  for (const { sizeBytes } of disks) vhdLayout(sizeBytes);
}

/** A size of the general series with so many processors and so much memory, or the largest one. */
const SIZES: readonly { readonly size: string; readonly cpus: number; readonly memoryGib: number }[] = [
  { size: "Standard_D2s_v5", cpus: 2, memoryGib: 8 },
  { size: "Standard_D4s_v5", cpus: 4, memoryGib: 16 },
  { size: "Standard_D8s_v5", cpus: 8, memoryGib: 32 },
  { size: "Standard_D16s_v5", cpus: 16, memoryGib: 64 },
  { size: "Standard_D32s_v5", cpus: 32, memoryGib: 128 },
  { size: "Standard_D48s_v5", cpus: 48, memoryGib: 192 },
  { size: "Standard_D64s_v5", cpus: 64, memoryGib: 256 },
  { size: "Standard_D96s_v5", cpus: 96, memoryGib: 384 },
];

/** What the template proposes; whoever deploys it may choose another. */
export function proposedSize({ cpus = 2, memoryMib = 0 }: Pick<AzureMachine, "cpus" | "memoryMib">): string {
  const fitting = SIZES.find((each) => each.cpus >= cpus && each.memoryGib * 1_024 >= memoryMib);
  return (fitting ?? SIZES.at(-1))?.size ?? "";
}

/** The name of a resource of Azure that follows from another name: letters, digits, hyphens, at most 60. */
export function resourceName(text: string): string {
  const plain = text
    .replaceAll(/[^A-Za-z0-9-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 60);
  return plain === "" ? "machine" : plain;
}

/** The network that an address of IPv4 lies in, as `10.0.0.0/24`; undefined where that is no network of Azure. */
export function networkOf(address: string): { readonly host: string; readonly prefix: string } | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(address);
  if (match === null) return undefined;
  const octets = match.slice(1, 5).map(Number);
  const bits = Number(match[5]);
  // Azure takes subnets from /8 to /29, and keeps the first four addresses and the last one for itself.
  if (octets.some((octet) => octet > 255) || bits < 8 || bits > 29) return undefined;
  const value = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const span = 2 ** (32 - bits);
  const base = Math.floor(value / span) * span;
  if (value - base < 4 || value - base === span - 1) return undefined;
  const text = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join(".");
  return { host: octets.join("."), prefix: `${text}/${bits}` };
}
