// A consistency group of three agents, one of which protects a mounted disk as it is: its file system is frozen for the moment in which the others
// hold their writes. Applications pass a counter between the machines, as in ../e2e/groups.test.ts, over NBD and through a file with fsync.
import assert from "node:assert/strict";
import { type FileHandle, open, truncate, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { MiB } from "@leeward/base";
import { connectNbd, type NbdClient, parseNbdUri } from "@leeward/nbd";
import { peer } from "@leeward/nbd/testing";
import { nodeClock } from "@leeward/world";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { assertOneMoment, numbersAt, startGroupAgent, useLoopback } from "../harness/group-agents.ts";
import type { Daemon } from "../harness/leeward-process.ts";
import { liveDisk, lookInto, protectLive } from "../harness/live-chain.ts";
import { LoopDisk } from "../harness/loop-disk.ts";
import { diskOf, fieldOf } from "../harness/shapes.ts";

const DISK = "data";
const LIVE = "db";
const NAMES = ["web", LIVE, "cache"] as const;
const CHAINS = 3;
const SECTOR_BYTES = 512;
const POINTS = process.env["LEEWARD_FULL"] === "1" ? 12 : 2;
const mkfsExt4 = peer("mkfs.ext4");
const never = new AbortController().signal;

/** Where an application writes the steps of its chains, durably before it settles. */
interface Place {
  write(chainNumber: number, step: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

class NbdPlace implements Place {
  readonly #client: NbdClient;

  constructor(client: NbdClient) {
    this.#client = client;
  }

  write(chainNumber: number, step: number): Promise<void> {
    return this.#client.write(chainNumber * SECTOR_BYTES, sectorOf(step), { fua: false });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#client[Symbol.asyncDispose]();
  }
}

class FilePlace implements Place {
  readonly #file: FileHandle;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async write(chainNumber: number, step: number): Promise<void> {
    await this.#file.write(sectorOf(step), 0, SECTOR_BYTES, chainNumber * SECTOR_BYTES);
    await this.#file.sync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

function sectorOf(step: number): Buffer {
  const data = Buffer.alloc(SECTOR_BYTES);
  data.writeUInt32LE(step, 0);
  return data;
}

/** Each chain writes a step on one machine once the one before was acknowledged on another. */
class Applications {
  readonly stop = new AbortController();
  readonly #places: readonly Place[];
  readonly #running: Promise<void>;
  /** The slowest write at each place, ms. */
  readonly slowestMs: number[];
  steps = 0;

  constructor(places: readonly Place[]) {
    this.#places = places;
    this.slowestMs = places.map(() => 0);
    this.#running = Promise.all(Array.from({ length: CHAINS }, (_, number) => this.#run(number))).then(() => undefined);
  }

  async end(): Promise<void> {
    this.stop.abort();
    await this.#running;
  }

  async #run(chainNumber: number): Promise<void> {
    for (let step = 1; !this.stop.signal.aborted; step += 1) {
      const index = step % this.#places.length;
      const begun = performance.now();
      await this.#places[index]?.write(chainNumber, step);
      this.slowestMs[index] = Math.max(this.slowestMs[index] ?? 0, performance.now() - begun);
      this.steps += 1;
      await delay(chainNumber);
    }
  }
}

describe("a group with a live disk", { skip: mkfsExt4.skip }, () => {
  let chain: Chain;
  let disk: LoopDisk;
  const agents: Daemon[] = [];
  const places: Place[] = [];

  before(async () => {
    chain = await Chain.start({ machine: LIVE, protectable: ["/dev"] });
    await chain.agent?.stop();
    await useLoopback(chain.agentHome);
    await chain.startAgent();
    for (const name of NAMES) if (name !== LIVE) agents.push(await startGroupAgent(chain, name));
    disk = await LoopDisk.attach(`${chain.folder}/data.img`, { sizeBytes: 64 * MiB });
    await disk.makeFileSystem("ext4");
    await disk.mount();
    await protectLive(chain, { device: disk.device, name: DISK });
    for (const name of NAMES) places.push(name === LIVE ? await placeInFile() : await placeOverNbd(name));
  });

  after(async () => {
    for (const place of places) await place[Symbol.asyncDispose]();
    for (const agent of agents) await agent.stop();
    await disk?.[Symbol.asyncDispose]();
    await chain?.stop({ keep: false });
  });

  test("its complete points have all disks at one moment, and no splitter waits for a freeze", async (t) => {
    const members = NAMES.flatMap((name) => ["--machine", name]);
    await chain.run("group", "set", "shop", ...members, "--interval", "2");
    const applications = new Applications(places);
    let complete: unknown[];
    try {
      complete = await eventually("complete points of all machines", async () => {
        const found = (await pointsOfGroup()).filter((point) => fieldOf(point, "complete") === true);
        return found.length >= POINTS ? found : undefined;
      });
    } finally {
      await applications.end();
    }
    for (const point of complete.slice(-POINTS)) {
      const pointId = String(fieldOf(point, "id"));
      const found: number[][] = [];
      for (const name of NAMES) found.push(await stepsAt(name, pointId));
      assertOneMoment(found, pointId);
    }
    const slowest = NAMES.map((name, index) => `${name} ${applications.slowestMs[index]?.toFixed(0)} ms`).join(", ");
    const all = (await pointsOfGroup()).length;
    t.diagnostic(
      `${complete.length} of ${all} points complete, ${applications.steps} steps; slowest writes: ${slowest}`,
    );
    assert.deepEqual((await liveDisk(chain, DISK)).faults, []);
  });

  async function placeInFile(): Promise<Place> {
    const path = `${disk.mountPoint}/steps`;
    await writeFile(path, Buffer.alloc(CHAINS * SECTOR_BYTES), { flush: true });
    return new FilePlace(await open(path, "r+"));
  }

  async function placeOverNbd(name: string): Promise<Place> {
    const path = `${chain.sourceFolder}/${name}.img`;
    await writeFile(path, "");
    await truncate(path, 4 * MiB);
    const made = diskOf(await chain.run("disk", "protect", name, "--path", path, "--name", DISK, "--timeout", "60"));
    const { address } = parseNbdUri(made.nbdUri ?? "");
    return new NbdPlace(await connectNbd(address, { exportName: "", clock: nodeClock }, never));
  }

  async function pointsOfGroup(): Promise<unknown[]> {
    return [fieldOf(await chain.run("group", "points", "shop"), "items")].flat();
  }

  async function stepsAt(name: string, pointId: string): Promise<number[]> {
    if (name !== LIVE) return numbersAt(chain, { machine: name, disk: DISK, pointId }, CHAINS);
    return lookInto(chain, { disk: DISK, at: pointId, kind: "ext4" }, async (folder) => {
      await using file = await open(`${folder}/steps`, "r");
      const bytes = Buffer.alloc(CHAINS * SECTOR_BYTES);
      await file.read(bytes, 0, bytes.length, 0);
      return Array.from({ length: CHAINS }, (_, each) => bytes.readUInt32LE(each * SECTOR_BYTES));
    });
  }
});
