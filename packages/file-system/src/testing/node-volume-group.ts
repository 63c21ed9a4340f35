// Volume groups as LVM itself makes them, without a kernel that could put them together: LVM writes and reads its metadata, and says where its
// volumes lie.
import { execFileSync } from "node:child_process";
import { promises as fs } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const LOOPS_TRIED_MAX = 50;
const FORMAT = ["--reportformat", "json", "--units", "b", "--nosuffix"];

/** A piece of a logical volume, by LVM's own word. */
export interface LaidPiece {
  readonly volume: string;
  /** Where in the volume. */
  readonly at: number;
  readonly length: number;
  /** On which image of the group, and where. */
  readonly image: number;
  readonly offset: number;
}

export interface VolumeGroup {
  readonly images: readonly string[];
  readonly pieces: readonly LaidPiece[];
}

export interface VolumeGroupOptions {
  /** The sizes of its disks in bytes. */
  readonly sizes: readonly number[];
  /** LVM's commands after the group "data" was made; "@0" stands for its first disk. */
  readonly commands: readonly (readonly string[])[];
}

export async function volumeGroup(folder: string, { sizes, commands }: VolumeGroupOptions): Promise<VolumeGroup> {
  const images = sizes.map((_, index) => join(folder, `disk-${index}`));
  const devices: string[] = [];
  try {
    for (const [index, image] of images.entries()) {
      await fs.writeFile(image, "");
      await fs.truncate(image, sizes[index]);
      devices.push(await attached(image));
    }
    const lvm = await lvmFor(folder, devices);
    lvm("pvcreate", "-q", ...devices);
    lvm("vgcreate", "-q", "data", ...devices);
    for (const [program = "", ...args] of commands)
      lvm(program, "-q", ...args.map((arg) => devices[Number(/^@(\d)$/.exec(arg)?.[1])] ?? arg));
    return { images, pieces: piecesOf(lvm, devices) };
  } finally {
    for (const device of devices) execFileSync("losetup", ["--detach", device]);
  }
}

/** Writes the content of a volume to where LVM says that it lies. */
export async function fillVolume({ images, pieces }: VolumeGroup, volume: string, content: Uint8Array): Promise<void> {
  for (const { at, length, image, offset } of pieces.filter((piece) => piece.volume === volume)) {
    const file = await fs.open(images[image] ?? "", "r+");
    await file.write(content.subarray(at, at + length), 0, undefined, offset);
    await file.close();
  }
}

type Lvm = (program: string, ...args: readonly string[]) => string;

/** It knows these devices alone, keeps nothing outside of the folder, and asks nothing of the kernel's device mapper. */
async function lvmFor(folder: string, devices: readonly string[]): Promise<Lvm> {
  const allowed = devices.map((device) => `"a|^${device}$|"`).join(", ");
  const settings = [
    `devices { filter = [${allowed}, "r|.*|"] use_devicesfile = 0 obtain_device_list_from_udev = 0 }`,
    "backup { backup = 0 archive = 0 }",
    "activation { udev_sync = 0 udev_rules = 0 }",
    `global { locking_dir = "${folder}" }`,
  ];
  await fs.writeFile(join(folder, "lvm.conf"), settings.join("\n"));
  const env = { PATH: "/usr/sbin:/sbin:/usr/bin:/bin", LVM_SYSTEM_DIR: folder, LVM_SUPPRESS_FD_WARNINGS: "1" };
  return (program, ...args) =>
    execFileSync(program, ["--driverloaded", "n", ...args], {
      encoding: "utf8",
      env,
      stdio: ["ignore", "pipe", "ignore"],
    });
}

function piecesOf(lvm: Lvm, devices: readonly string[]): LaidPiece[] {
  const rows = (name: string, kind: string, ...what: readonly string[]): Record<string, unknown>[] =>
    rowsOf(lvm(name, ...FORMAT, ...what), kind);
  const extentBytes = Number(rows("vgs", "vg", "-o", "vg_extent_size", "data")[0]?.["vg_extent_size"]);
  const disks = rows("pvs", "pv", "-o", "pv_name,pe_start");
  const starts = new Map(disks.map((disk) => [String(disk["pv_name"]), Number(disk["pe_start"])]));
  const segments = rows("lvs", "seg", "--segments", "-o", "lv_name,seg_start,seg_size,devices", "data");
  return segments.flatMap((segment) => {
    const [, device = "", extent] = /^([^(,]+)\((\d+)\)$/.exec(String(segment["devices"])) ?? [];
    // What is striped says several.
    if (device === "") return [];
    const place = { at: Number(segment["seg_start"]), length: Number(segment["seg_size"]) };
    const offset = (starts.get(device) ?? 0) + Number(extent) * extentBytes;
    return [{ volume: String(segment["lv_name"]), ...place, image: devices.indexOf(device), offset }];
  });
}

/** The rows of LVM's one report: `{"report":[{"KIND":[{…}]}]}`. */
function rowsOf(json: string, kind: string): Record<string, unknown>[] {
  const whole: unknown = JSON.parse(json);
  const reports: unknown = whole !== null && typeof whole === "object" ? Reflect.get(whole, "report") : undefined;
  const [report]: unknown[] = [reports].flat();
  const rows: unknown = report !== null && typeof report === "object" ? Reflect.get(report, kind) : [];
  return [rows].flat().flatMap((row: unknown) => (row !== null && typeof row === "object" ? [{ ...row }] : []));
}

async function attached(image: string): Promise<string> {
  for (let tried = 1; ; tried += 1) {
    try {
      return execFileSync("losetup", ["--find", "--show", image], { encoding: "utf8" }).trim();
    } catch (error) {
      // Devices are few, and whoever else uses them may have taken the one that was free.
      if (tried === LOOPS_TRIED_MAX) throw error;
      await delay(500);
    }
  }
}
