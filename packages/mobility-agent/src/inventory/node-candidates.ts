import { promises as fs } from "node:fs";
import type { Candidate } from "@leeward/proto";
import { isWindows } from "@leeward/world";
import type { SeenDevice } from "./device-watch.ts";
import { windowsBlockDevices } from "./node-windows-candidates.ts";
import { type Protectable, refusalOf } from "./protectable.ts";

const SECTOR_BYTES = 512;
/** Folders are looked through one level deep, and no more files are listed than this. */
const FILES_MAX = 1_000;
/** An image is whole logical blocks. */
const BLOCK_BYTES = 512;

/** Every disk of this machine, and the image files in what the machine lets be protected, each with why it cannot be when it cannot. */
export async function candidates(protectable: Protectable): Promise<Candidate[]> {
  const disks = await blockDevices();
  const files = (await Promise.all(protectable.paths.map(imagesAt))).flat().slice(0, FILES_MAX);
  const refused = [...disks, ...files].map((item) => ({
    ...item,
    refusal: item.refusal === "" ? (refusalOf(item.path, protectable, "splitter") ?? "") : item.refusal,
    trackerRefusal:
      item.trackerRefusal === "" ? (refusalOf(item.path, protectable, "tracker") ?? "") : item.trackerRefusal,
    rescanRefusal: item.rescanRefusal === "" ? (refusalOf(item.path, protectable, "rescan") ?? "") : item.rescanRefusal,
  }));
  return refused.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The machine's block devices with something in them, each with why nobody would want it protected without having asked. */
export async function seenDevices(protectable: Protectable): Promise<SeenDevice[]> {
  const devices = await blockDevices();
  return Promise.all(
    devices.map(async ({ path, sizeBytes, trackerRefusal }) => {
      const refusal = trackerRefusal === "" ? refusalOf(path, protectable, "tracker") : trackerRefusal;
      return { path, sizeBytes, refusal: refusal ?? (await unaskedRefusal(path, protectable)) };
    }),
  );
}

/** Of loop devices those alone are wanted that the machine's `protectable` names. */
async function unaskedRefusal(path: string, { paths }: Protectable): Promise<string> {
  const name = path.replace(/^\/dev\//, "").replaceAll("/", "!");
  const folder = `/sys/class/block/${name}`;
  const has = async (file: string): Promise<boolean> =>
    (await fs.stat(`${folder}/${file}`).catch(() => undefined)) !== undefined;
  if (await has("partition")) return "It is a partition; its disk is to be protected.";
  if (name.startsWith("loop") && !paths.includes(path)) return "It is a loop device that `protectable` does not name.";
  if ((await textOf(`${folder}/removable`)) === "1") return "It is removable.";
  if (/^(sr|fd|ram|zram|nbd)\d/.test(name)) return "It is no disk of the machine.";
  if ((await namesIn(`${folder}/holders`)).length > 0) return "It is a part of another device.";
  if ((await namesIn(`${folder}/slaves`)).length > 0) return "It lies on other devices, which are to be protected.";
  return "";
}

/** The block devices that the running root file system lies on, as device paths; a splitter cannot capture them. */
export async function rootDevices(): Promise<string[]> {
  const device = await rootDeviceNumber();
  if (device === undefined) return [];
  const real = await fs.realpath(`/sys/dev/block/${device}`).catch(() => undefined);
  if (real === undefined) return [];
  const names = [real.split("/").at(-1), real.split("/").at(-2), ...(await namesIn(`${real}/slaves`))];
  const known = new Set(await namesIn("/sys/class/block"));
  return names.filter((name) => name !== undefined && known.has(name)).map((name) => `/dev/${name}`);
}

async function rootDeviceNumber(): Promise<string | undefined> {
  // No Linux: nothing is below a root file system.
  const lines = (await fs.readFile("/proc/self/mountinfo", "utf8").catch(() => "")).split("\n");
  return lines.map((line) => line.split(" ")).find((fields) => fields[4] === "/")?.[2];
}

const blockDevices: () => Promise<Candidate[]> = isWindows ? windowsBlockDevices : linuxBlockDevices;

async function linuxBlockDevices(): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const name of await namesIn("/sys/class/block")) {
    const sizeBytes = Number(await textOf(`/sys/class/block/${name}/size`)) * SECTOR_BYTES;
    if (!(sizeBytes > 0)) continue;
    const path = `/dev/${name.replaceAll("!", "/")}`;
    const refusal = (await textOf(`/sys/class/block/${name}/ro`)) === "1" ? `${path} takes no writes.` : "";
    found.push({ path, kind: "block-device", sizeBytes, refusal, trackerRefusal: refusal, rescanRefusal: "" });
  }
  return found;
}

async function imagesAt(path: string): Promise<Candidate[]> {
  const stat = await fs.stat(path).catch(() => undefined);
  if (stat === undefined) return [];
  if (stat.isFile()) return [imageOf(path, stat.size)];
  if (!stat.isDirectory()) return [];
  const found: Candidate[] = [];
  for (const name of (await namesIn(path)).slice(0, FILES_MAX)) {
    const inside = await fs.lstat(`${path}/${name}`).catch(() => undefined);
    if (inside?.isFile() === true) found.push(imageOf(`${path}/${name}`, inside.size));
  }
  return found;
}

function imageOf(path: string, sizeBytes: number): Candidate {
  const isWhole = sizeBytes > 0 && sizeBytes % BLOCK_BYTES === 0;
  const refusal = isWhole ? "" : `${path} is not a whole number of ${BLOCK_BYTES}-byte blocks.`;
  return {
    path,
    kind: "file",
    sizeBytes,
    refusal,
    trackerRefusal: `${path} is a file; the kernel notes changes of block devices alone.`,
    rescanRefusal: refusal,
  };
}

async function namesIn(folder: string): Promise<string[]> {
  return (await fs.readdir(folder).catch(() => [])).sort();
}

async function textOf(path: string): Promise<string> {
  return (await fs.readFile(path, "utf8").catch(() => "")).trim();
}
