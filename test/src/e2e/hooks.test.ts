// An application that writes a number at two places of its disk, one after the other: nearly always they differ. Its hook has it pause when they
// are the same. Every application-consistent point shows it so; when the hook cannot, no point is called so; and it never pauses for good.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { KiB, MiB } from "@leeward/base";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { disksOf, fieldOf, pointOf } from "../harness/shapes.ts";

const MACHINE = "shop";
const DISK = "disk.img";
const DISK_BYTES = 8 * MiB;
const PLACES = [0, 4 * MiB] as const;
const WRITING_MS = 50;
const LIMIT_MS = 120_000;

describe("application hooks of a protected machine", () => {
  let chain: Chain;
  let hook = "";
  let pause = "";
  let paused = "";

  before(async () => {
    chain = await Chain.start({ machine: MACHINE });
    const image = `${chain.sourceFolder}/${DISK}`;
    await writeFile(image, Buffer.alloc(DISK_BYTES));
    await chain.run("disk", "protect", MACHINE, "--path", image, "--timeout", "60");
    await eventually("the disk is protected", async () => ((await disk())?.state === "protected" ? true : undefined));
    hook = `${chain.agentHome}/hooks/shop`;
    pause = `${chain.folder}/pause`;
    paused = `${chain.folder}/paused`;
  });
  after(() => chain.stop({ keep: false }));

  test("without a hook a point is what it is, and an event says why", async () => {
    assert.equal((await make("crash")).consistency, "crash");
    assert.equal((await make("application")).consistency, "crash");
    await told("point-less-consistent", "hooks-missing");
  });

  test("with one, every application-consistent point shows the application at rest", async () => {
    await putHook(`--pre) : > ${pause}; until [ -e ${paused} ]; do sleep 0.02; done ;; --post) rm -f ${pause} ;;`);
    const stop = new AbortController();
    const writing = writeUntil(stop.signal);
    try {
      for (let round = 0; round < 3; round += 1) {
        const before = await writtenAt();
        const point = await make("application");
        assert.equal(point.consistency, "application");
        const [first, second] = await placesOf(point.id);
        assert.equal(first, second);
        await eventually("the application goes on", async () => ((await writtenAt()) > before + 5 ? true : undefined));
      }
      assert.ok(!existsSync(pause));
    } finally {
      stop.abort();
      await writing;
    }
  });

  test("that others could have written is shown as a fault of the machine, and not run", async () => {
    await putHook(`--pre) : > ${pause} ;;`);
    await chmod(hook, 0o777);
    await eventually("the fault is shown", async () =>
      (await disk())?.faults.some(({ code }) => code === "hook-refused") ? true : undefined,
    );
    assert.equal((await make("application")).consistency, "crash");
    assert.ok(!existsSync(pause));
    await chmod(hook, 0o755);
    await eventually("the fault is gone", async () => ((await disk())?.faults.length === 0 ? true : undefined));
  });

  test("that was at work when the agent was killed is brought to its end by the next one", async () => {
    await putHook(`--pre) : > ${pause}; sleep 600 ;; --post) rm -f ${pause} ;;`);
    const asked = make("application").catch(() => undefined);
    await eventually("the hook is at work", () => (existsSync(pause) ? true : undefined));
    await chain.killAgent();
    await asked;
    assert.ok(existsSync(pause));
    await chain.startAgent();
    await eventually("the application goes on", () => (existsSync(pause) ? undefined : true));
    await told("hooks-left", undefined);
    assert.ok(!existsSync(`${chain.agentHome}/hooks-begun.json`));
  });

  async function disk() {
    return disksOf(await chain.run("disk", "status", MACHINE))[0];
  }

  async function putHook(cases: string): Promise<void> {
    await writeFile(hook, `#!/bin/sh\ncase $1 in ${cases} esac\n`);
    await chmod(hook, 0o755);
  }

  async function make(consistency: string): Promise<{ id: string; consistency: unknown }> {
    const asked = ["--consistency", consistency, "--timeout", "60"];
    const document = await chain.run("point", "create", MACHINE, ...asked);
    return { id: pointOf(document).id, consistency: fieldOf(document, "consistency") };
  }

  async function told(kind: string, code: string | undefined): Promise<void> {
    await eventually(`an event ${kind}`, async () => {
      const items = fieldOf(await chain.run("events"), "items");
      const events: unknown[] = Array.isArray(items) ? items : [];
      const found = events.some(
        (event) => fieldOf(event, "kind") === kind && fieldOf(fieldOf(event, "detail"), "code") === code,
      );
      return found ? true : undefined;
    });
  }

  /** The application: the next number at one place, then at the other. It pauses between two numbers alone. */
  async function writeUntil(signal: AbortSignal): Promise<void> {
    const { address, exportName } = parseNbdUri((await disk())?.nbdUri ?? "");
    await using client = await connectNbd(address, { clock: nodeClock, exportName }, AbortSignal.timeout(LIMIT_MS));
    for (let number = 1; !signal.aborted; number += 1) {
      while (existsSync(pause) && !signal.aborted) {
        await writeFile(paused, "");
        await delay(WRITING_MS);
      }
      await rm(paused, { force: true });
      const block = Buffer.alloc(4 * KiB);
      block.writeUInt32LE(number);
      // Nearly always they differ: a point at a moment of its own would show it.
      await client.write(PLACES[0], block, { fua: false });
      await delay(WRITING_MS);
      await client.write(PLACES[1], block, { fua: false });
    }
  }

  async function writtenAt(): Promise<number> {
    return (await readFile(`${chain.sourceFolder}/${DISK}`)).readUInt32LE(PLACES[0]);
  }

  async function placesOf(point: string): Promise<number[]> {
    const saved = `${chain.folder}/saved.img`;
    await chain.run("point", "save", MACHINE, DISK, "--at", point, "--to", saved, "--force");
    const content = await readFile(saved);
    return PLACES.map((place) => content.readUInt32LE(place));
  }
});
