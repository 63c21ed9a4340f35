import { promises as fs } from "node:fs";
import { Fault } from "@leeward/base";
import { isDevicePath } from "@leeward/block";
import type { Candidate, DeviceLook, PlannedDisk } from "@leeward/proto";
import { rootedPath } from "@leeward/world";
import type { SeenDevice } from "./device-watch.ts";
import type { Inventory, NamedDevice } from "./inventory.ts";
import { runningBootDrivers } from "./node-boot-drivers.ts";
import { candidates, rootDevices, seenDevices } from "./node-candidates.ts";
import { lookAt } from "./node-device-look.ts";
import { describeHost } from "./node-host-description.ts";
import { type Offers, readOffers } from "./node-offers.ts";
import { type Protectable, requireProtectable } from "./protectable.ts";

export interface NodeInventoryOptions {
  readonly home: string;
  /** As the configuration says it now. */
  readonly protectable: () => readonly string[];
}

/** This machine's inventory. Host facts are gathered once, at `open`; what may be protected is looked at at each question. */
export class NodeInventory implements Inventory {
  readonly #options: NodeInventoryOptions;
  readonly #facts: object;
  #bootDrivers: readonly string[] | undefined;

  private constructor(options: NodeInventoryOptions, facts: object) {
    this.#options = options;
    this.#facts = facts;
  }

  static async open(options: NodeInventoryOptions): Promise<NodeInventory> {
    const inventory = new NodeInventory(options, await describeHost());
    // Nothing waits for it: it is told with the next status.
    void runningBootDrivers().then((drivers) => (inventory.#bootDrivers = drivers));
    return inventory;
  }

  async candidates(): Promise<readonly Candidate[]> {
    return candidates(await this.#protectable());
  }

  /** The block devices that are there now. */
  async devices(): Promise<readonly SeenDevice[]> {
    return seenDevices(await this.#protectable());
  }

  async resolve(path: string, capture: PlannedDisk["capture"]): Promise<string> {
    const real = await realPath(path).catch((cause: unknown) => {
      throw missing(path, "does not exist on this machine", cause);
    });
    // The node of a device stays where what lies behind it can be taken away: a drive without a medium, a loop device without a file.
    if (await isEmptyDevice(real)) throw missing(path, "has nothing in it");
    requireProtectable(real, await this.#protectable(), capture);
    return real;
  }

  async look({ path, capture, otherPaths, isOwn }: NamedDevice): Promise<DeviceLook> {
    const real = await this.resolve(path, capture);
    return lookAt({ path: real, capture, otherPaths, isOwn: isOwn(real) });
  }

  /** What is offered now, and what is wrong with it. */
  offers(): Promise<Offers> {
    return readOffers(`${this.#options.home}/offers`);
  }

  json(): string {
    return JSON.stringify({ ...this.#facts, bootDrivers: this.#bootDrivers });
  }

  async #protectable(): Promise<Protectable> {
    const { home } = this.#options;
    const named = this.#options.protectable();
    const offered = await this.offers();
    const paths = named.length === 0 ? [] : [...named, ...offered.paths];
    const real = await Promise.all(paths.map((path) => realPath(path).catch(() => path)));
    return { paths: real, forbidden: [await realPath(home)], rootDevices: await rootDevices() };
  }
}

/** Without links in it. A device of Windows has none, and is no name of its file system; its drives are spelt in one way. */
async function realPath(path: string): Promise<string> {
  if (!isDevicePath(path)) return rootedPath(process.cwd(), await fs.realpath(path));
  return path
    .replace(/physicaldrive(?=\d+$)/i, "PhysicalDrive")
    .replace(/[a-z](?=:$)/, (letter) => letter.toUpperCase());
}

async function isEmptyDevice(path: string): Promise<boolean> {
  const stat = await fs.stat(path).catch(() => undefined);
  if (stat?.isBlockDevice() !== true) return false;
  const name = path.replace(/^\/dev\//, "").replaceAll("/", "!");
  const sectors = await fs.readFile(`/sys/class/block/${name}/size`, "utf8").catch(() => "");
  return sectors.trim() === "0";
}

function missing(path: string, why: string, cause?: unknown): Fault {
  return new Fault({
    code: "disk-missing",
    kind: "operator",
    message: `${path} ${why}.`,
    remedy:
      "Attach it, or correct the path. After it was replaced by another, unprotect the old and protect the new one; where the machine is failed over, say so with `leeward reprotect MACHINE --disk DISK=PATH`.",
    detail: { path },
    ...(cause === undefined ? {} : { cause }),
  });
}
