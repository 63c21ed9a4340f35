// A disk whose first copy is carried: saved on its machine while it is written, killed in the midst, carried, loaded while the target is killed, and
// then completed by what differs, while applications write through the agent. Every point is the disk, byte for byte, and little was sent.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { cp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { ApiClient } from "@leeward/api";
import { KiB, MiB } from "@leeward/base";
import { eventually } from "../harness/eventually.ts";
import { leewardJson } from "../harness/leeward-process.ts";
import { readMetric } from "../harness/metrics.ts";
import { pointContent } from "../harness/point-content.ts";
import { SplitChain } from "../harness/split-chain.ts";
import { History } from "../oracle/history.ts";
import { NbdWriter } from "./nbd-writers.ts";

const EXECUTABLE = fileURLToPath(new URL("../../../leeward", import.meta.url));
const DISK_BYTES = 96 * MiB + 12 * KiB;
/** Of both ends, that are written: the rest is as it was saved. */
const WRITTEN_BYTES = 4 * MiB;
const SENT = "leeward_payload_sent_bytes_total";
const BARRIERS = 3;

describe("a disk whose seed is carried to its target", () => {
  let chain: SplitChain;
  let client: ApiClient;
  let image: string;
  let disk: string;
  /** On the medium, and where it is plugged in at the target. */
  let [medium, carried] = ["", ""];

  before(async () => {
    chain = await SplitChain.start();
    client = await chain.client();
    image = `${chain.sourceFolder}/data.img`;
    [medium, carried] = [`${chain.folder}/medium`, `${chain.folder}/carried`];
    await writeFile(image, randomBytes(DISK_BYTES));
    await eventually("the machine is online", async () => {
      const { items } = await client.call("listMachines", {});
      return items.some(({ state }) => state === "online") ? true : undefined;
    });
  });
  after(async () => {
    client.close();
    await chain.stop();
  });

  test("it is not captured before, and says that it waits", async () => {
    const protect = ["disk", "protect", chain.machine, "--path", image, "--seed", "--timeout", "60"];
    const { code, stderr } = await chain.command(...protect, "--json");
    assert.equal(code, 0, stderr);
    const shown = await diskNow();
    disk = shown.id;
    assert.deepEqual([shown.state, shown.nbdUri], ["initial", null]);
    assert.deepEqual(
      shown.faults.map(({ code: fault }) => fault),
      ["seed-awaited"],
    );
    const needed = await chain.command("status", "--json");
    assert.equal(needed.code, 1);
    assert.match(needed.stdout, /seed-awaited/);
  });

  test("it is saved while it is written, and goes on after a kill", async () => {
    const stop = new AbortController();
    const writing = writeBehind(stop.signal);
    const child = spawn(EXECUTABLE, saving(), { stdio: "ignore" });
    await eventually("a first file is on the medium", async () => ((await seedFiles()).length > 0 ? true : undefined));
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    const first = await seedFiles();
    await assert.rejects(load(medium), /seed-incomplete|was not saved to its end/);
    const saved = await leewardJson(saving());
    stop.abort();
    assert.ok((await writing) > 0, "it was written meanwhile");
    const files = await seedFiles();
    assert.deepEqual(files.slice(0, first.length), first, "what was there is not written again");
    assert.ok(files.length >= 4, files.join(" "));
    assert.deepEqual(saved, { ...Object(saved), disk, name: "data.img", folder: medium, sizeBytes: DISK_BYTES });
  });

  test("what was changed on its way is refused by name", async () => {
    await cp(medium, carried, { recursive: true });
    await rm(medium, { recursive: true });
    const name = (await readdir(carried)).filter((each) => each.endsWith(".seed"))[2] ?? "";
    const path = `${carried}/${name}`;
    const content = await readFile(path);
    const changed = Buffer.from(content);
    changed[MiB] = (changed[MiB] ?? 0) ^ 1;
    await writeFile(path, changed);
    await assert.rejects(load(carried), (error: Error) => error.message.includes(path));
    await writeFile(path, content);
  });

  test("it is loaded, although the target is killed in the midst, and no point stands on it", async () => {
    const loading = load(carried).then(
      () => undefined,
      () => undefined,
    );
    await chain.kill("master-target");
    await chain.restart("master-target");
    await loading;
    const { items } = await eventually("the target is asked", () =>
      client.call("listPoints", { params: { machine: chain.machine }, query: {} }).catch(() => undefined),
    );
    assert.deepEqual(items, []);
    if ((await diskNow()).faults.some(({ code }) => code === "seed-awaited")) {
      await eventually("the seed is loaded", async () =>
        load(carried).then(
          () => true,
          () => undefined,
        ),
      );
    }
    await assert.rejects(load(carried), /does not wait for a seed/);
  });

  test("what differs is sent while it is written, and every point is the disk", async (context) => {
    const uri = await eventually("it takes clients", async () => (await diskNow()).nbdUri ?? undefined);
    const writer = new NbdWriter({ disk: 0, uri, sizeBytes: WRITTEN_BYTES }, new History(), 20_261_122);
    writer.start();
    await eventually("it is protected", async () => ((await diskNow()).state === "protected" ? true : undefined));
    for (let barrier = 0; barrier < BARRIERS; barrier += 1) {
      await writer.pause();
      await writer.flush();
      const content = await readFile(image);
      const point = await eventually("a point at the barrier", createPoint);
      writer.resume();
      await assertPoint(point, content);
      await eventually("more is written", () => (writer.flushes > 2 * (barrier + 1) ? true : undefined));
    }
    await writer.stop();
    const { value: sent } = await readMetric(chain.agentHome, SENT);
    context.diagnostic(`${sent} bytes were sent of a disk of ${DISK_BYTES}`);
    assert.ok(sent < DISK_BYTES / 4, `${sent} bytes were sent`);
  });

  const saving = (): string[] => ["seed", "save", "--home", chain.agentHome, "--disk", "data.img", "--to", medium];

  async function seedFiles(): Promise<string[]> {
    const names = await readdir(medium).catch(() => []);
    return names.filter((name) => name.endsWith(".seed")).toSorted();
  }

  async function load(from: string): Promise<void> {
    const args = ["seed", "load", chain.machine, disk, "--from", from, "--timeout", "60", "--json"];
    const { code, stderr } = await chain.command(...args);
    if (code !== 0) throw new Error(stderr);
  }

  async function diskNow() {
    const { items } = await client.call("listDisks", { query: {} });
    const [found] = items;
    assert.ok(found);
    return found;
  }

  /** As its applications do while nobody watches, at both ends; how many writes there were. */
  async function writeBehind(signal: AbortSignal): Promise<number> {
    await using file = await open(image, "r+");
    let count = 0;
    for (; !signal.aborted; count += 1) {
      const at = Math.floor(Math.random() * (WRITTEN_BYTES / KiB)) * KiB;
      const place = count % 2 === 0 ? at : DISK_BYTES - KiB - at;
      await file.write(randomBytes(KiB), 0, KiB, place);
    }
    return count;
  }

  async function createPoint(): Promise<string | undefined> {
    const call = { params: { machine: chain.machine }, body: { timeoutSeconds: 30 } };
    return client.call("createPoint", call, { timeoutMs: 35_000 }).then(
      ({ id }) => id,
      () => undefined,
    );
  }

  async function assertPoint(point: string, content: Buffer): Promise<void> {
    const found = await pointContent(client, { machine: chain.machine, disk, point });
    const at = found.equals(content) ? -1 : content.findIndex((byte, index) => byte !== found[index]);
    assert.equal(at, -1, `the point ${point} differs from the disk at ${at}`);
  }
});
