import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { after, test } from "node:test";
import { isFault, MiB } from "@leeward/base";
import { type BlockDevice, memoryDevice } from "@leeward/block";
import { nodeClock } from "@leeward/world";
import * as fc from "fast-check";
import { NbdClient } from "./client.ts";
import { singleExport } from "./exports.ts";
import { connectNbd } from "./node-connect.ts";
import { NbdListener } from "./node-listener.ts";
import { COMMAND, COMMAND_FLAG, ERROR, OPTION } from "./protocol.ts";
import { type NbdConnectionReport, NbdServer } from "./server.ts";
import type { NbdServerLimits } from "./server-limits.ts";
import { connectedPair } from "./testing/connected-pair.ts";
import { bytesOf, clientFlags, optionBytes, requestBytes } from "./testing/raw-client.ts";

const folder = mkdtempSync(join(tmpdir(), "leeward-hostile-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const never = new AbortController().signal;

/** The whole handshake of a client that wants structured replies and block status of the default export. */
const handshake = Buffer.concat([
  clientFlags(3),
  optionBytes(OPTION.structuredReply),
  optionBytes(OPTION.setMetaContext, Buffer.from("\0\0\0\0\0\0\0\x01\0\0\0\x0fbase:allocation", "latin1")),
  optionBytes(OPTION.go, Buffer.from([0, 0, 0, 0, 0, 1, 0, 3])),
]);

interface Served {
  readonly stream: Duplex;
  readonly report: Promise<NbdConnectionReport>;
}

function serveRaw(device: BlockDevice, limits: Partial<NbdServerLimits> = {}): Served {
  const server = new NbdServer({ exports: singleExport(device), clock: nodeClock, limits });
  const [stream, far] = connectedPair();
  return { stream, report: server.serve(far, never) };
}

/** What the server sends until it ends the stream. */
async function answerTo(
  parts: readonly Uint8Array[],
  device = memoryDevice(MiB),
): Promise<{ bytes: Buffer; report: NbdConnectionReport }> {
  const { stream, report } = serveRaw(device);
  const bytes = bytesOf(stream);
  for (const part of parts) {
    stream.write(part);
    await new Promise(setImmediate);
  }
  stream.end();
  return { bytes: await bytes, report: await report };
}

const session = [
  handshake,
  requestBytes({ kind: COMMAND.write, offset: 4096, length: 1024 }, Buffer.alloc(1024, 7)),
  requestBytes({ kind: COMMAND.read, offset: 4096, length: 2048 }),
  requestBytes({ kind: COMMAND.blockStatus, length: MiB }),
  requestBytes({ kind: COMMAND.writeZeroes, offset: 4096, length: 512, flags: COMMAND_FLAG.fua }),
  requestBytes({ kind: COMMAND.read, offset: 0, length: 128 * 1024 }),
  requestBytes({ kind: COMMAND.disconnect }),
];

test("however the bytes of a session are cut, the answers are the same", async () => {
  const whole = Buffer.concat(session);
  const expected = (await answerTo([whole])).bytes;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(whole.length), { maxLength: 40 }), async (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), whole.length];
      const parts = places.slice(1).map((end, index) => whole.subarray(places[index], end));
      const { bytes, report } = await answerTo(parts);
      assert.equal(report.fault, undefined);
      // Requests that arrive together run side by side: what matters is that every byte of every answer came.
      assert.equal(bytes.length, expected.length);
    }),
    { numRuns: 60 },
  );
});

test("a client that sends anything whatever is dropped or served, and the server goes on", async () => {
  const whole = Buffer.concat(session);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }),
      fc.nat(whole.length),
      fc.uint8Array({ maxLength: 200 }),
      async (flips, length, tail) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of flips) bytes[at] = value;
        const { report } = await answerTo([bytes.subarray(0, length), tail]);
        if (report.fault !== undefined)
          assert.ok(isFault(report.fault, "nbd-protocol-violated", "nbd-connection-lost"));
      },
    ),
    { numRuns: 300 },
  );
});

test("lengths that no honest client has are not believed", async () => {
  const long = requestBytes({ kind: COMMAND.write, length: 2 ** 32 - 512 });
  const cases: readonly Buffer[] = [
    Buffer.alloc(64, 0xff),
    clientFlags(0x80),
    Buffer.concat([clientFlags(0), optionBytes(OPTION.list)]),
    Buffer.concat([clientFlags(3), optionBytes(OPTION.list, Buffer.alloc(0)).fill(0xff, 12, 16)]),
    Buffer.concat([clientFlags(3), optionBytes(OPTION.exportName, Buffer.from("none"))]),
    Buffer.concat([clientFlags(3), ...Array.from({ length: 100 }, () => optionBytes(99))]),
    Buffer.concat([handshake, long]),
    Buffer.concat([handshake, Buffer.alloc(28, 1)]),
  ];
  for (const bytes of cases) {
    const { report } = await answerTo([bytes]);
    assert.ok(isFault(report.fault, "nbd-protocol-violated"));
  }
});

test("a request that asks the wrong thing is refused, and the connection goes on", async () => {
  const readOnly = memoryDevice(MiB, { readOnly: true });
  const cases: readonly [Buffer, number, BlockDevice?][] = [
    [requestBytes({ kind: COMMAND.read, offset: MiB, length: 512 }), ERROR.invalid],
    [requestBytes({ kind: COMMAND.read, offset: 1, length: 512 }), ERROR.invalid],
    [requestBytes({ kind: COMMAND.read, offset: 0, length: 0 }), ERROR.invalid],
    [requestBytes({ kind: COMMAND.write, offset: MiB, length: 512 }, Buffer.alloc(512)), ERROR.noSpace],
    [requestBytes({ kind: COMMAND.write, offset: 2 ** 60, length: 512 }, Buffer.alloc(512)), ERROR.noSpace],
    [requestBytes({ kind: COMMAND.write, offset: 0, length: 100 }, Buffer.alloc(100)), ERROR.invalid],
    [requestBytes({ kind: COMMAND.write, offset: 0, length: 512 }, Buffer.alloc(512)), ERROR.permission, readOnly],
    [requestBytes({ kind: COMMAND.trim, offset: 0, length: 512 }), ERROR.permission, readOnly],
    [requestBytes({ kind: COMMAND.writeZeroes, offset: 0, length: 512 }), ERROR.permission, readOnly],
    [requestBytes({ kind: COMMAND.writeZeroes, offset: 0, length: 512, flags: 16 }), ERROR.invalid],
    [requestBytes({ kind: COMMAND.trim, offset: 0, length: 2 ** 31 }), ERROR.invalid],
    [requestBytes({ kind: 5, offset: 0, length: 512 }), ERROR.invalid],
    [requestBytes({ kind: 77 }), ERROR.invalid],
    [requestBytes({ kind: COMMAND.flush, flags: 4 }), ERROR.invalid],
  ];
  const greeting = (await answerTo([handshake, requestBytes({ kind: COMMAND.disconnect })])).bytes.length;
  for (const [request, error, device] of cases) {
    const flush = requestBytes({ kind: COMMAND.flush });
    const { bytes, report } = await answerTo(
      [handshake, request, flush, requestBytes({ kind: COMMAND.disconnect })],
      device,
    );
    assert.equal(report.fault, undefined);
    const answer = bytes.subarray(greeting);
    const simple = answer.readUInt32BE(0) === 0x67446698;
    assert.equal(answer.readUInt32BE(simple ? 4 : 20), error, `request of kind ${request.readUInt16BE(6)}`);
    assert.equal(answer.readUInt32BE(answer.length - 12), 0, "the flush behind it succeeded");
  }
});

test("a client that says nothing is dropped when the handshake has taken too long", async () => {
  for (const bytes of [Buffer.alloc(0), clientFlags(3), handshake.subarray(0, handshake.length - 1)]) {
    const { stream, report } = serveRaw(memoryDevice(MiB), { handshakeMsMax: 20 });
    stream.resume();
    stream.write(bytes);
    assert.ok(isFault((await report).fault, "nbd-peer-stalled"));
  }
});

test("a client that asks nothing is dropped only where there is a limit for that", async () => {
  const { stream, report } = serveRaw(memoryDevice(MiB), { idleMsMax: 20 });
  stream.resume();
  stream.write(handshake);
  assert.ok(isFault((await report).fault, "nbd-peer-stalled"));
});

test("a client that takes no answers is held back, and costs no more than its bound", async () => {
  const device = memoryDevice(64 * MiB);
  await device.write(0, new Uint8Array(64 * MiB).fill(1), { fua: false });
  let read = 0;
  const reads = device.read.bind(device);
  device.read = (offset, target) => {
    read += target.length;
    return reads(offset, target);
  };
  const { stream, report } = serveRaw(device, { inFlightBytesMax: 4 * MiB });
  stream.write(handshake);
  for (let index = 0; index < 64; index += 1)
    stream.write(requestBytes({ kind: COMMAND.read, offset: index * MiB, length: MiB }));
  for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
  assert.ok(read <= 6 * MiB, `${read} bytes were read for a client that takes none`);
  stream.destroy();
  assert.ok(isFault((await report).fault, "nbd-connection-lost"));
});

test("a thousand connections that say nothing or rubbish do not touch one that works", async () => {
  const path = join(folder, "crowd");
  const device = memoryDevice(MiB);
  const reports: NbdConnectionReport[] = [];
  const server = new NbdServer({ exports: singleExport(device), clock: nodeClock, limits: { handshakeMsMax: 1_500 } });
  await using listener = await NbdListener.open(server, { path }, { onEnd: (report) => reports.push(report) });
  assert.deepEqual(listener.address, { path });
  await using client = await connectNbd({ path }, { exportName: "", clock: nodeClock }, never);
  const crowd = Array.from({ length: 1000 }, (_, index) => {
    const socket = createConnection({ path }).resume();
    socket.on("error", () => undefined);
    if (index % 2 === 0) socket.write(Buffer.alloc(300, index));
    return socket;
  });
  const block = new Uint8Array(4096);
  for (let round = 0; round < 100; round += 1) {
    await client.write(4096 * round, block.fill(round), { fua: false });
    await client.read(4096 * round, block);
    assert.ok(block.every((byte) => byte === round));
  }
  assert.ok(server.connections <= 16);
  for (const socket of crowd) if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
  assert.ok(reports.some(({ fault }) => isFault(fault, "nbd-connections-full")));
  await client.flush();
  await using another = await connectNbd({ path }, { exportName: "", clock: nodeClock }, never);
  await another.flush();
});

test("what a connection was given is released once, when its last call has ended", async () => {
  let released = 0;
  const entered = Promise.withResolvers<void>();
  const leave = Promise.withResolvers<void>();
  const device = memoryDevice(MiB);
  device.flush = () => {
    entered.resolve();
    return leave.promise;
  };
  const exports = { find: async () => ({ device, release: () => (released += 1) }), list: async () => [] };
  const server = new NbdServer({ exports, clock: nodeClock });
  const [near, far] = connectedPair();
  const report = server.serve(far, never);
  const client = await NbdClient.open(near, { exportName: "", clock: nodeClock }, never);
  const flush = client.flush();
  await entered.promise;
  near.destroy();
  await assert.rejects(flush);
  await new Promise(setImmediate);
  assert.equal(released, 0);
  leave.resolve();
  await report;
  assert.equal(released, 1);
});
