import assert from "node:assert/strict";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { isFault, MiB } from "@leeward/base";
import type { BlockDevice } from "@leeward/block";
import { blockDeviceSuite } from "@leeward/block/testing";
import { nodeClock } from "@leeward/world";
import type { NbdClient } from "./client.ts";
import { connectNbd } from "./node-connect.ts";
import { peer } from "./testing/peer.ts";
import { PeerServer } from "./testing/peer-process.ts";

const folder = mkdtempSync(join(tmpdir(), "leeward-client-"));
after(() => rmSync(folder, { recursive: true, force: true }));
let names = 0;
const never = new AbortController().signal;
const PLAIN = { fua: false } as const;

function fresh(): string {
  names += 1;
  return join(folder, `f${names}`);
}

const nbdkit = peer("nbdkit");

/** A client of an nbdkit; disposing of it ends both. */
async function ofNbdkit(args: readonly string[], readOnly = false): Promise<NbdClient> {
  const socket = fresh();
  const server = await PeerServer.start(nbdkit, ["-f", "-U", socket, ...(readOnly ? ["-r"] : []), ...args], socket);
  return withServer(server, () => connectNbd({ path: socket }, { exportName: "", clock: nodeClock }, never));
}

async function withServer(server: PeerServer, connect: () => Promise<NbdClient>): Promise<NbdClient> {
  try {
    const client = await connect();
    const dispose = client[Symbol.asyncDispose].bind(client);
    client[Symbol.asyncDispose] = async () => {
      await dispose();
      await server[Symbol.asyncDispose]();
    };
    return client;
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

describe("nbdkit", { skip: nbdkit.skip }, () => {
  const variants: readonly [string, readonly string[], readonly string[]][] = [
    ["plain", [], []],
    ["with extents and no write-zeroes", ["--filter=nozero"], []],
    ["without extents", ["--filter=noextents"], []],
    ["that has no FUA", ["--filter=fua"], []],
    [
      "that takes 4096 to 65536 bytes and refuses the rest",
      ["--filter=blocksize-policy"],
      [
        "blocksize-minimum=4096",
        "blocksize-preferred=16384",
        "blocksize-maximum=65536",
        "blocksize-error-policy=error",
      ],
    ],
  ];
  for (const [name, filters, parameters] of variants) {
    blockDeviceSuite(
      `our client of nbdkit ${name}`,
      ({ sizeBytes, readOnly }): Promise<BlockDevice> =>
        ofNbdkit([...filters, "memory", `${sizeBytes}`, ...parameters], readOnly),
    );
  }

  test("its errors become Faults, and the connection goes on", async () => {
    await using client = await ofNbdkit([
      "--filter=error",
      "memory",
      "4M",
      "error-pread=EIO",
      "error-pwrite=ENOSPC",
      "error-rate=1",
    ]);
    await assert.rejects(client.read(0, new Uint8Array(4096)), (error) => isFault(error, "disk-read-failed"));
    await assert.rejects(client.write(0, new Uint8Array(4096), PLAIN), (error) => isFault(error, "disk-full"));
    await client.flush();
  });

  test("now and then an error: each call ends as it should, however many are under way", async () => {
    await using client = await ofNbdkit(["--filter=error", "memory", "8M", "error-rate=0.3"]);
    const calls = Array.from({ length: 600 }, (_, index) => {
      const offset = (index % 256) * 4096;
      return index % 2 === 0
        ? client.write(offset, new Uint8Array(4096).fill(index), PLAIN)
        : client.read(offset, new Uint8Array(4096));
    });
    const ends = await Promise.allSettled(calls);
    const refused = ends.filter((end) => end.status === "rejected");
    assert.ok(refused.length > 50 && refused.length < 400, `${refused.length} refused`);
    for (const end of refused) assert.ok(isFault(end.reason, "disk-read-failed", "disk-write-failed"));
  });

  test("calls overlap: many slow ones take hardly longer than one", async () => {
    await using client = await ofNbdkit(["-t", "64", "--filter=delay", "memory", "4M", "delay-read=200ms"]);
    const began = performance.now();
    await Promise.all(Array.from({ length: 64 }, (_, index) => client.read(index * 4096, new Uint8Array(4096))));
    assert.ok(performance.now() - began < 64 * 200 * 0.5);
  });

  test("a server that dies takes its calls with it", async () => {
    const socket = fresh();
    const server = await PeerServer.start(
      nbdkit,
      ["-f", "-U", socket, "--filter=delay", "memory", "4M", "rdelay=60"],
      socket,
    );
    const client = await connectNbd({ path: socket }, { exportName: "", clock: nodeClock }, never);
    const read = client.read(0, new Uint8Array(4096));
    const ended = assert.rejects(read, (error) => isFault(error, "nbd-connection-lost"));
    await server.kill();
    await ended;
    await client[Symbol.asyncDispose]();
  });

  test("exports have names, and a wrong one is told", async () => {
    const socket = fresh();
    const args = [
      "-f",
      "-U",
      socket,
      "--filter=exportname",
      "memory",
      "4M",
      "exportname=right",
      "exportname-strict=true",
    ];
    await using _server = await PeerServer.start(nbdkit, args, socket);
    const open = (exportName: string): Promise<NbdClient> =>
      connectNbd({ path: socket }, { exportName, clock: nodeClock }, never);
    await assert.rejects(open("wrong"), (error) => isFault(error, "nbd-export-unknown", "nbd-refused"));
    await using client = await open("right");
    assert.equal(client.sizeBytes, 4 * MiB);
  });
});

const qemuNbd = peer("qemu-nbd");
describe("qemu-nbd", { skip: qemuNbd.skip }, () => {
  blockDeviceSuite("our client of qemu-nbd", async ({ sizeBytes, readOnly }) => {
    const image = fresh();
    writeFileSync(image, "");
    truncateSync(image, sizeBytes);
    const socket = fresh();
    const args = [
      "-k",
      socket,
      "-t",
      "-f",
      "raw",
      "--discard=unmap",
      "--detect-zeroes=off",
      ...(readOnly ? ["-r"] : []),
      image,
    ];
    const server = await PeerServer.start(qemuNbd, args, socket);
    return withServer(server, () => connectNbd({ path: socket }, { exportName: "", clock: nodeClock }, never));
  });
});
