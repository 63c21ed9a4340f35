// A disk that goes to a master target and to a bucket of S3 at once, where the store (s3rver) does not honour conditional writes: that is found out and shown, one server at a time
// writes to it, and its points come back from nothing but the bucket and the recovery key.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile, truncate, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { MiB } from "@leeward/base";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { PeerStore, peerStoreSkip } from "@leeward/object-store/testing";
import { nodeClock } from "@leeward/world";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import type { Daemon } from "../harness/leeward-process.ts";
import { disksOf, fieldOf, pointOf, pointsOf } from "../harness/shapes.ts";
import { LoneMachine } from "./lone-restore.ts";
import { storeArguments } from "./store-arguments.ts";

const MACHINE = "web";
const DISK_BYTES = 16 * MiB;
const LIMIT_MS = 180_000;

describe("journals in S3, beside a master target", { skip: peerStoreSkip }, () => {
  let store: PeerStore;
  let chain: Chain;
  const daemons: Daemon[] = [];
  let image: string;

  before(async () => {
    store = await PeerStore.s3rver();
    chain = await Chain.start({ machine: MACHINE });
    daemons.push(await chain.startTarget("bucket", storeArguments(store.place("dr"))));
    image = await makeDisk("disk.img");
    await protect(image, "disk", "bucket");
  });
  after(async () => {
    for (const daemon of daemons) await daemon.stop();
    await chain?.stop({ keep: false });
    await store?.[Symbol.asyncDispose]();
  });

  test("a point of both is restored where nothing but the bucket is reached", async () => {
    const [disk] = disksOf(await chain.run("disk", "status", MACHINE));
    {
      const { address, exportName } = parseNbdUri(String(disk?.nbdUri));
      await using client = await connectNbd(address, { clock: nodeClock, exportName }, AbortSignal.timeout(LIMIT_MS));
      for (let at = 0; at < DISK_BYTES; at += MiB) await client.write(at + 4_096, randomBytes(8_192), { fua: false });
      await client.flush();
    }
    const { id } = pointOf(await chain.run("point", "create", MACHINE, "--timeout", "60"));
    await eventually(
      "the point is in the bucket",
      async () => {
        const points = pointsOf(await chain.run("point", "list", MACHINE, "--target", "bucket"));
        return points.some((point) => point.id === id) ? true : undefined;
      },
      LIMIT_MS,
    );
    await chain.run("key", "export", "--to", `${store.folder}/recovery.pem`);
    await using machine = await LoneMachine.reaching(store.port);
    const to = `${store.folder}/restored.img`;
    const wanted = ["--key", `${store.folder}/recovery.pem`, "--at", id, "--to", to];
    const { code, stderr } = await machine.leeward("restore", "save", ...storeArguments(store.place("dr")), ...wanted);
    assert.equal(code, 0, stderr);
    assert.ok((await readFile(to)).equals(await readFile(image)));
  });

  test("that it takes one writer at a time is shown, with what it was asked", async () => {
    const { items } = await (await chain.client()).call("listServers", {});
    const shown = items.find(({ name }) => name === "bucket")?.store;
    assert.ok(shown?.leased === true && shown.puts > 5 && (shown.requestsPerGb ?? 0) > 0, JSON.stringify(shown));
    assert.equal(items.find(({ role, name }) => role === "master-target" && name !== "bucket")?.store, null);
  });

  test("another server that is given the same place waits, and says for what", async () => {
    daemons.push(await chain.startTarget("other", storeArguments(store.place("dr"))));
    const path = await makeDisk("second.img");
    await protect(path, "second", "other");
    await eventually(
      "it says that the store is busy",
      async () => {
        const disk = disksOf(await chain.run("disk", "status", MACHINE)).find(({ name }) => name === "second");
        const target = [fieldOf(disk, "targets")].flat().find((each) => fieldOf(each, "name") === "other");
        const faults = [fieldOf(target, "faults")].flat().map((fault) => fieldOf(fault, "code"));
        return faults.includes("store-busy") ? true : undefined;
      },
      LIMIT_MS,
    );
  });

  async function protect(path: string, name: string, alsoTo: string): Promise<void> {
    const client = await chain.client();
    const near = await eventually("both targets are known", async () => {
      const { items } = await client.call("listServers", {});
      const there = items.filter(({ role, address }) => role === "master-target" && address !== null);
      if (!there.some((target) => target.name === alsoTo)) return undefined;
      return there.find(({ store: keptIn }) => keptIn === null)?.name;
    });
    const where = ["--path", path, "--name", name, "--target", near, "--also-to", alsoTo];
    await chain.run("disk", "protect", MACHINE, ...where, "--timeout", "60");
  }

  async function makeDisk(name: string): Promise<string> {
    const path = `${chain.sourceFolder}/${name}`;
    await writeFile(path, randomBytes(3 * MiB));
    await truncate(path, DISK_BYTES);
    return path;
  }
});
