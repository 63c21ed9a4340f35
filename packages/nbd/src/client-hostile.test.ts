import assert from "node:assert/strict";
import type { Duplex } from "node:stream";
import { test } from "node:test";
import { isFault, MiB } from "@leeward/base";
import { nodeClock } from "@leeward/world";
import * as fc from "fast-check";
import { NbdClient } from "./client.ts";
import { CHUNK, ERROR, HANDSHAKE, OPTION, OPTION_REPLY, TRANSMISSION } from "./protocol.ts";
import { connectedPair } from "./testing/connected-pair.ts";
import {
  chunkBytes,
  dataBytes,
  exportInfoBytes,
  greetingBytes,
  handshakeBytes,
  holeBytes,
  optionReplyBytes,
  simpleReplyBytes,
  words,
} from "./testing/raw-server.ts";

const never = new AbortController().signal;
const { hasFlags, flush, fua, writeZeroes, readOnly } = TRANSMISSION;
const EVERYTHING = hasFlags | flush | fua | writeZeroes;
/** The first request's cookie. */
const cookie = 1;

async function connected(
  handshake: Buffer = handshakeBytes(MiB, EVERYTHING),
): Promise<{ client: NbdClient; server: Duplex }> {
  const [near, server] = connectedPair();
  server.resume();
  server.write(handshake);
  const limits = { handshakeMsMax: 2_000, closeMsMax: 20 };
  const client = await NbdClient.open(near, { exportName: "", clock: nodeClock, limits }, never);
  return { client, server };
}

const sixteen = Buffer.alloc(16, 5);
const half = Buffer.alloc(2048, 5);

test("chunks in any order, holes and errors make the answer that they are", async () => {
  const { client, server } = await connected();
  const target = new Uint8Array(4096).fill(9);
  const read = client.read(512, target);
  server.write(chunkBytes({ cookie, kind: CHUNK.data, done: false }, dataBytes(2560, half)));
  server.write(chunkBytes({ cookie, kind: CHUNK.hole, done: false }, holeBytes(512, 2048)));
  server.write(chunkBytes({ cookie, kind: CHUNK.none, done: true }));
  await read;
  assert.ok(target.every((byte, index) => byte === (index < 2048 ? 0 : 5)));
  const failing = client.read(0, target);
  server.write(chunkBytes({ cookie: 2, kind: CHUNK.data, done: false }, dataBytes(0, half)));
  server.write(
    chunkBytes(
      { cookie: 2, kind: CHUNK.errorOffset, done: false },
      Buffer.concat([words(ERROR.io), Buffer.from([0, 0]), words(0, 2048)]),
    ),
  );
  server.write(
    chunkBytes(
      { cookie: 2, kind: 2 ** 15 + 99, done: true },
      Buffer.concat([words(ERROR.io), Buffer.from([0, 2]), Buffer.from("no")]),
    ),
  );
  await assert.rejects(failing, (error) => isFault(error, "disk-read-failed"));
  const flushing = client.flush();
  server.write(simpleReplyBytes(3, 0));
  await flushing;
  await client[Symbol.asyncDispose]();
});

const violations: readonly [string, Buffer][] = [
  ["another magic", Buffer.alloc(64, 1)],
  ["an answer to no request", simpleReplyBytes(77, 0)],
  ["a simple answer to a read", simpleReplyBytes(cookie, 0, Buffer.alloc(4096))],
  [
    "data outside of the request",
    chunkBytes({ cookie, kind: CHUNK.data, done: true }, dataBytes(4080, Buffer.alloc(32))),
  ],
  ["data before the request", chunkBytes({ cookie, kind: CHUNK.data, done: true }, dataBytes(0, Buffer.alloc(4097)))],
  [
    "data past 2^53",
    chunkBytes({ cookie, kind: CHUNK.data, done: true }, Buffer.concat([Buffer.alloc(8, 0xff), sixteen])),
  ],
  ["a hole outside of the request", chunkBytes({ cookie, kind: CHUNK.hole, done: true }, holeBytes(0, 2 ** 32 - 1))],
  ["an empty hole", chunkBytes({ cookie, kind: CHUNK.hole, done: true }, holeBytes(0, 0))],
  ["a hole of a wrong length", chunkBytes({ cookie, kind: CHUNK.hole, done: true }, Buffer.alloc(13))],
  ["data of no bytes", chunkBytes({ cookie, kind: CHUNK.data, done: true }, dataBytes(0, Buffer.alloc(0)))],
  ["a part only", chunkBytes({ cookie, kind: CHUNK.data, done: true }, dataBytes(0, half))],
  ["nothing", chunkBytes({ cookie, kind: CHUNK.none, done: true })],
  [
    "the same bytes twice",
    Buffer.concat([
      chunkBytes({ cookie, kind: CHUNK.data, done: false }, dataBytes(0, half)),
      chunkBytes({ cookie, kind: CHUNK.data, done: true }, dataBytes(0, half)),
    ]),
  ],
  ["an empty chunk that is not the last", chunkBytes({ cookie, kind: CHUNK.none, done: false })],
  ["an empty chunk with payload", chunkBytes({ cookie, kind: CHUNK.none, done: true }, Buffer.alloc(4))],
  ["a chunk of an unknown kind", chunkBytes({ cookie, kind: 77, done: true })],
  ["an error without a number", chunkBytes({ cookie, kind: CHUNK.error, done: true }, Buffer.alloc(6))],
  [
    "an error with too long a message",
    chunkBytes({ cookie, kind: CHUNK.error, done: true }, Buffer.concat([words(5), Buffer.from([0xff, 0xff])])),
  ],
  ["a chunk without end", chunkBytes({ cookie, kind: CHUNK.error, done: true, length: 2 ** 32 - 1 })],
  ["block status for a read", chunkBytes({ cookie, kind: CHUNK.blockStatus, done: true }, words(9, 512, 0))],
];

for (const [what, bytes] of violations) {
  test(`a server that answers a read with ${what} is dropped`, async () => {
    const { client, server } = await connected();
    const read = client.read(0, new Uint8Array(4096));
    const flushing = client.flush();
    server.write(bytes);
    await assert.rejects(read, (error) => isFault(error, "nbd-protocol-violated"));
    await assert.rejects(flushing, (error) => isFault(error, "nbd-protocol-violated"));
    await assert.rejects(client.flush(), (error) => isFault(error, "nbd-protocol-violated"));
    await client[Symbol.asyncDispose]();
  });
}

test("block status is believed where whole blocks are told, and nothing else of it", async () => {
  const { client, server } = await connected();
  const allocation = client.allocation({ offset: 0, length: 8192 });
  // Zero up to the middle of a block, then data, then zeroes that go on past what was asked.
  server.write(chunkBytes({ cookie, kind: CHUNK.blockStatus, done: true }, words(9, 1000, 3, 1048, 0, 65_536, 2)));
  assert.deepEqual(await allocation, [
    { kind: "zero", offset: 0, length: 512 },
    { kind: "data", offset: 512, length: 1536 },
    { kind: "zero", offset: 2048, length: 6144 },
  ]);
  for (const [number, payload] of [words(9), words(8, 512, 0), words(9, 0, 0), words(9, 512)].entries()) {
    const again = await connected();
    const asked = again.client.allocation({ offset: 0, length: 8192 });
    again.server.write(chunkBytes({ cookie, kind: CHUNK.blockStatus, done: true }, payload));
    await assert.rejects(asked, (error) => isFault(error, "nbd-protocol-violated"), `case ${number}`);
  }
});

test("a handshake that is none, or offers no disk for us, is refused by name", async () => {
  const info = (size: number, flags = EVERYTHING): Buffer => handshakeBytes(size, flags);
  const cases: readonly [Buffer, string][] = [
    [Buffer.alloc(18, 1), "nbd-protocol-violated"],
    [greetingBytes(0), "nbd-refused"],
    [Buffer.concat([greetingBytes().fill(0, 8, 16)]), "nbd-refused"],
    [Buffer.concat([greetingBytes(), Buffer.alloc(40, 3)]), "nbd-protocol-violated"],
    [Buffer.concat([greetingBytes(), optionReplyBytes(OPTION.go, OPTION_REPLY.ack)]), "nbd-protocol-violated"],
    [
      Buffer.concat([greetingBytes(), optionReplyBytes(OPTION.structuredReply, OPTION_REPLY.ack).fill(0xff, 16)]),
      "nbd-protocol-violated",
    ],
    [
      Buffer.concat([
        greetingBytes(),
        ...Array.from({ length: 100 }, () => optionReplyBytes(OPTION.structuredReply, OPTION_REPLY.info)),
      ]),
      "nbd-protocol-violated",
    ],
    [info(0), "nbd-export-unsuitable"],
    [info(1000), "nbd-export-unsuitable"],
    [info(2 ** 60), "nbd-export-unsuitable"],
  ];
  for (const [bytes, code] of cases) await assert.rejects(connected(bytes), (error) => isFault(error, code), code);
});

test("a server without structured replies, GO, FUA or write-zeroes is used as it is", async () => {
  const size = exportInfoBytes(MiB, hasFlags | flush).subarray(2);
  const { client, server } = await connected(
    Buffer.concat([
      greetingBytes(HANDSHAKE.fixedNewstyle),
      optionReplyBytes(OPTION.structuredReply, OPTION_REPLY.unsupported),
      optionReplyBytes(OPTION.go, OPTION_REPLY.unsupported),
      size,
      Buffer.alloc(124),
    ]),
  );
  const target = new Uint8Array(512);
  const read = client.read(0, target);
  server.write(simpleReplyBytes(1, 0, Buffer.alloc(512, 4)));
  await read;
  assert.ok(target.every((byte) => byte === 4));
  const zero = client.zero({ offset: 0, length: 512 }, { fua: true, mayDiscard: true });
  server.write(simpleReplyBytes(2, 0));
  await new Promise(setImmediate);
  // The flush that stands for FUA.
  server.write(simpleReplyBytes(3, 0));
  await zero;
  assert.deepEqual(await client.allocation({ offset: 0, length: MiB }), [{ kind: "data", offset: 0, length: MiB }]);
  const full = client.write(0, target, { fua: false });
  server.write(simpleReplyBytes(4, ERROR.noSpace));
  await assert.rejects(full, (error) => isFault(error, "disk-full"));
  await client[Symbol.asyncDispose]();
});

test("a read-only export takes no changes, and none is sent", async () => {
  const { client, server } = await connected(handshakeBytes(MiB, hasFlags | readOnly));
  assert.equal(client.readOnly, true);
  server.removeAllListeners("data");
  await assert.rejects(client.write(0, new Uint8Array(512), { fua: false }), (error) =>
    isFault(error, "disk-read-only"),
  );
  await client.flush();
  await client[Symbol.asyncDispose]();
});

test("whatever a server sends, every call ends", async () => {
  const honest = Buffer.concat([
    handshakeBytes(MiB, EVERYTHING),
    chunkBytes({ cookie: 1, kind: CHUNK.data, done: true }, dataBytes(0, Buffer.alloc(4096, 5))),
    chunkBytes({ cookie: 2, kind: CHUNK.blockStatus, done: true }, words(9, MiB, 3)),
    simpleReplyBytes(3, 0),
  ]);
  const handshakeLength = handshakeBytes(MiB, EVERYTHING).length;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(honest.length - 1), fc.nat(255)), { maxLength: 5 }),
      fc.nat(honest.length),
      async (flips, length) => {
        const bytes = Buffer.from(honest);
        for (const [at, value] of flips) bytes[at] = value;
        const cut = bytes.subarray(0, length);
        const [near, server] = connectedPair();
        server.resume();
        server.write(cut.subarray(0, handshakeLength));
        if (cut.length < handshakeLength) server.end();
        const options = { exportName: "", clock: nodeClock, limits: { handshakeMsMax: 50, closeMsMax: 1 } };
        const [opened] = await Promise.allSettled([NbdClient.open(near, options, never)]);
        if (opened.status === "rejected") return assert.ok(isFault(opened.reason));
        const client = opened.value;
        const calls = Promise.allSettled([
          client.sizeBytes >= 4096 ? client.read(0, new Uint8Array(4096)) : undefined,
          client.allocation({ offset: 0, length: client.blockBytes }),
          client.flush(),
        ]);
        server.write(cut.subarray(handshakeLength));
        server.end();
        for (const call of await calls) if (call.status === "rejected") assert.ok(isFault(call.reason));
        await client[Symbol.asyncDispose]();
      },
    ),
    { numRuns: 300 },
  );
});
