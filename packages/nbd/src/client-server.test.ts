import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { isFault, MiB } from "@leeward/base";
import { type BlockDevice, memoryDevice } from "@leeward/block";
import { blockDeviceSuite, faultyDevice, recordingDevice } from "@leeward/block/testing";
import { nodeClock } from "@leeward/world";
import { NbdClient } from "./client.ts";
import type { NbdClientLimits } from "./client-limits.ts";
import { singleExport } from "./exports.ts";
import { connectNbd } from "./node-connect.ts";
import { NbdListener } from "./node-listener.ts";
import { NbdServer } from "./server.ts";
import type { NbdServerLimits } from "./server-limits.ts";
import { connectedPair } from "./testing/connected-pair.ts";

const folder = mkdtempSync(join(tmpdir(), "leeward-nbd-"));
after(() => rmSync(folder, { recursive: true, force: true }));
let sockets = 0;
const never = new AbortController().signal;
const PLAIN = { fua: false } as const;

interface Limits {
  readonly server?: Partial<NbdServerLimits>;
  readonly client?: Partial<NbdClientLimits>;
}

/** A client of a server of the device, over a stream in memory. */
async function overMemory(device: BlockDevice, limits: Limits = {}): Promise<NbdClient> {
  const server = new NbdServer({ exports: singleExport(device), clock: nodeClock, limits: limits.server ?? {} });
  const [near, far] = connectedPair();
  void server.serve(far, never);
  return NbdClient.open(near, { exportName: "", clock: nodeClock, limits: limits.client ?? {} }, never);
}

/** The same over a Unix socket. The client's end ends the listener. */
async function overSocket(device: BlockDevice): Promise<BlockDevice> {
  sockets += 1;
  const path = join(folder, `socket-${sockets}`);
  const server = new NbdServer({ exports: singleExport(device), clock: nodeClock });
  const listener = await NbdListener.open(server, { path });
  const client = await connectNbd({ path }, { exportName: "", clock: nodeClock }, never);
  const dispose = client[Symbol.asyncDispose].bind(client);
  client[Symbol.asyncDispose] = async () => {
    await dispose();
    await listener.close();
  };
  return client;
}

blockDeviceSuite("our client of our server, in memory", ({ sizeBytes, readOnly }) =>
  overMemory(memoryDevice(sizeBytes, { readOnly })),
);
blockDeviceSuite("our client of our server, over a Unix socket", ({ sizeBytes, readOnly }) =>
  overSocket(memoryDevice(sizeBytes, { readOnly })),
);
blockDeviceSuite("our client of our server, with blocks of 4096 and narrow limits", ({ sizeBytes, readOnly }) =>
  overMemory(memoryDevice(sizeBytes, { readOnly, blockBytes: 4096 }), {
    server: { requestBytesMax: 64 * 1024, inFlightBytesMax: 128 * 1024, inFlightMax: 4, statusBytesMax: MiB },
    client: { inFlightBytesMax: 256 * 1024, inFlightMax: 7, rangeBytesMax: 512 * 1024 },
  }),
);

test("FUA, holes and flushes arrive as they were asked for", async () => {
  const device = recordingDevice(memoryDevice(MiB));
  await using client = await overMemory(device);
  const extent = { offset: 4096, length: 8192 };
  await client.write(0, new Uint8Array(512), { fua: true });
  await client.write(512, new Uint8Array(512), PLAIN);
  await client.zero(extent, { fua: true, mayDiscard: false });
  await client.zero(extent, { fua: false, mayDiscard: true });
  await client.discard(extent, { fua: true });
  await client.flush();
  assert.deepEqual(
    device.calls.map(({ operation, fua }) => [operation, fua]),
    [
      ["write", true],
      ["write", false],
      ["zero", true],
      ["zero", false],
      ["zero", true],
      ["flush", false],
    ],
  );
});

test("what the device refuses reaches the caller as the same Fault, and the connection goes on", async () => {
  const faulty = faultyDevice(memoryDevice(MiB), { within: { offset: 8192, length: 4096 } });
  await using client = await overMemory(faulty);
  const block = new Uint8Array(4096);
  await assert.rejects(client.read(8192, block), (error) => isFault(error, "disk-read-failed"));
  await assert.rejects(client.write(8192, block, PLAIN), (error) => isFault(error, "disk-write-failed"));
  await assert.rejects(client.discard({ offset: 8192, length: 512 }, PLAIN), (error) =>
    isFault(error, "disk-write-failed"),
  );
  await assert.rejects(client.allocation({ offset: 0, length: MiB }), (error) => isFault(error, "disk-read-failed"));
  await assert.rejects(client.read(0, new Uint8Array(MiB)), (error) => isFault(error, "disk-read-failed"));
  await client.write(0, block, PLAIN);
  await client.read(0, block);
});

test("a closed client refuses what comes after, and the server sees a farewell", async () => {
  const server = new NbdServer({ exports: singleExport(memoryDevice(MiB)), clock: nodeClock });
  const [near, far] = connectedPair();
  const served = server.serve(far, never);
  const client = await NbdClient.open(near, { exportName: "", clock: nodeClock }, never);
  const writes = Array.from({ length: 20 }, (_, index) => client.write(index * 4096, new Uint8Array(4096), PLAIN));
  await client[Symbol.asyncDispose]();
  await Promise.all(writes);
  await assert.rejects(client.flush(), (error) => isFault(error, "disk-closed"));
  assert.equal((await served).fault, undefined);
  assert.equal(server.connections, 0);
});

test("when the signal aborts, or the stream dies, everything under way ends with a Fault", async () => {
  for (const how of ["signal", "stream"] as const) {
    const stuck = memoryDevice(64 * MiB);
    const waiting = Promise.withResolvers<void>();
    stuck.read = () => waiting.promise;
    const server = new NbdServer({ exports: singleExport(stuck), clock: nodeClock });
    const [near, far] = connectedPair();
    const served = server.serve(far, never);
    const abort = new AbortController();
    const client = await NbdClient.open(
      near,
      { exportName: "", clock: nodeClock, limits: { inFlightMax: 3 } },
      abort.signal,
    );
    const reads = Array.from({ length: 9 }, (_, index) => client.read(index * MiB, new Uint8Array(MiB)));
    const ends = Promise.allSettled(reads);
    await new Promise(setImmediate);
    if (how === "signal") abort.abort(new Error("enough"));
    else far.destroy();
    for (const end of await ends) assert.ok(end.status === "rejected" && isFault(end.reason, "nbd-connection-lost"));
    await assert.rejects(client.flush(), (error) => isFault(error, "nbd-connection-lost"));
    waiting.resolve();
    assert.ok(isFault((await served).fault, "nbd-connection-lost"));
    await client[Symbol.asyncDispose]();
  }
});

test("a server that is told to stop waits for the device's calls before it is done", async () => {
  const device = memoryDevice(MiB);
  const entered = Promise.withResolvers<void>();
  const leave = Promise.withResolvers<void>();
  device.write = () => {
    entered.resolve();
    return leave.promise;
  };
  const server = new NbdServer({ exports: singleExport(device), clock: nodeClock });
  const [near, far] = connectedPair();
  const abort = new AbortController();
  const state = { done: false };
  const serve = async (): Promise<void> => {
    await server.serve(far, abort.signal);
    state.done = true;
  };
  const served = serve();
  const client = await NbdClient.open(near, { exportName: "", clock: nodeClock }, never);
  const write = client.write(0, new Uint8Array(512), PLAIN);
  await entered.promise;
  abort.abort();
  await assert.rejects(write, (error) => isFault(error, "nbd-connection-lost"));
  assert.equal(state.done, false);
  leave.resolve();
  await served;
  await client[Symbol.asyncDispose]();
});

test("an unknown export, a stopped handshake and a silent server are told apart", async () => {
  const server = new NbdServer({
    exports: { find: async () => undefined, list: async () => [] },
    clock: nodeClock,
  });
  const open = (limits: Partial<NbdClientLimits>, signal: AbortSignal, serve: boolean): Promise<NbdClient> => {
    const [near, far] = connectedPair();
    if (serve) void server.serve(far, never);
    return NbdClient.open(near, { exportName: "x", clock: nodeClock, limits }, signal);
  };
  await assert.rejects(open({}, never, true), (error) => isFault(error, "nbd-export-unknown"));
  await assert.rejects(open({ handshakeMsMax: 20 }, never, false), (error) => isFault(error, "nbd-peer-stalled"));
  await assert.rejects(open({}, AbortSignal.timeout(20), false), (error) => isFault(error, "nbd-connection-lost"));
  await assert.rejects(
    connectNbd({ path: join(folder, "none") }, { exportName: "", clock: nodeClock }, never),
    (error) => isFault(error, "nbd-unreachable"),
  );
});
