import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { isFault, NUMBER_MAX } from "@leeward/base";
import fc from "fast-check";
import {
  decodeEnvelope,
  type Envelope,
  encodeEnvelope,
  HEAD_BYTES_MAX,
  hasPayload,
  PAYLOAD_BYTES_MAX,
} from "./index.ts";

const invalid = { code: "message-invalid", kind: "protocol" };
const unsendable = { code: "message-unsendable", kind: "operator" };

const id = fc.stringMatching(/^[0-9a-f]{32}$/);
const name = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/);
const text = fc.string({ unit: "grapheme", maxLength: 60 });
const whole = fc.oneof(fc.nat(), fc.integer({ min: 0, max: NUMBER_MAX }), fc.constantFrom(0, 1, 2 ** 32, NUMBER_MAX));
const positive = whole.map((value) => Math.max(1, value));
const kind = fc.constantFrom("transient", "discontinuity", "corruption", "protocol", "operator");
const detail = fc.dictionary(fc.stringMatching(/^[a-z]{1,20}$/), text, { maxKeys: 5 });
const fault = fc.record({ code: name, kind, message: text, detail, remedy: text });
const consistency = fc.constantFrom("crash", "file-system", "application");

function of<const Kind extends string, Value>(
  kindName: Kind,
  values: fc.Arbitrary<Value>,
): fc.Arbitrary<{ kind: Kind; value: Value }> {
  return values.map((value) => ({ kind: kindName, value }));
}

const span = fc
  .tuple(positive, positive)
  .map(([one, other]) => ({ from: Math.min(one, other), to: Math.max(one, other) }));

const envelopes: fc.Arbitrary<Envelope> = fc.oneof(
  of(
    "hello",
    fc.record({
      wireVersionMin: fc.constant(1),
      wireVersionMax: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      softwareVersion: text,
      bootId: fc.oneof(name, fc.constant("")),
      epoch: whole,
      wallMicros: whole,
      creditBytes: fc.integer({ min: 65_536, max: NUMBER_MAX }),
      instance: fc.oneof(id, fc.constant("")),
      hostName: text,
      isCopy: fc.boolean(),
    }),
  ),
  of("farewell", fc.oneof(fc.record({ fault }), fc.constant({}))),
  of("ping", fc.record({ number: whole })),
  of("credit", fc.record({ bytes: positive })),
  of(
    "diskPosition",
    fc.record({
      diskId: id,
      branch: fc.oneof(id, fc.constant("")),
      cachedSequence: whole,
      journaledSequence: whole,
      refused: fault,
    }),
  ),
  of(
    "records",
    fc.tuple(id, id, span, whole).map(([diskId, branch, range, epoch]) => ({ diskId, branch, ...range, epoch })),
  ),
  of(
    "segmentPart",
    fc
      .tuple(id, span, whole, fc.uint8Array({ minLength: 32, maxLength: 32 }))
      .map(([diskId, range, epoch, sha256]) => ({
        ...range,
        diskId,
        branch: diskId,
        epoch,
        term: epoch,
        position: 0,
        totalBytes: NUMBER_MAX,
        sha256,
      })),
  ),
  of(
    "pointRecord",
    fc.record({
      id: name,
      machineId: id,
      number: whole,
      timeMicros: whole,
      validUntilMicros: whole,
      kind: fc.constantFrom("auto", "mark", "group"),
      consistency,
      epoch: whole,
      members: fc.array(fc.record({ diskId: id, branch: id, sequence: whole }), { maxLength: 9 }),
      missingDiskIds: fc.array(id, { maxLength: 3 }),
    }),
  ),
  of(
    "controlRequest",
    fc.record({
      id: positive,
      body: fc.oneof(
        fc.record({ kind: fc.constant("createPoint" as const), value: fc.record({ machineId: id, consistency }) }),
        fc.record({ kind: fc.constant("listOpened" as const), value: fc.constant({}) }),
        fc.record({
          kind: fc.constant("deleteHistory" as const),
          value: fc.record({ machineId: id, diskIds: fc.array(id, { maxLength: 4 }) }),
        }),
      ),
    }),
  ),
  of("controlResponse", fc.record({ id: positive, fault })),
  of(
    "controlNotice",
    fc.record({
      body: fc.oneof(
        fc.record({
          kind: fc.constant("event" as const),
          value: fc.record({
            kind: name,
            subject: text,
            message: text,
            detail,
            severity: fc.constantFrom("info", "warning", "critical"),
          }),
        }),
        fc.record({
          kind: fc.constant("agentStatus" as const),
          value: fc.record({
            planVersion: whole,
            agentVersion: text,
            bootId: fc.constant(""),
            disks: fc.constant([]),
            inventoryJson: text,
            clockOffsetMicros: fc.oneof(
              fc.integer(),
              fc.constantFrom(-NUMBER_MAX, NUMBER_MAX, -(2 ** 32), -(2 ** 32) - 1),
            ),
            links: fc.constant([]),
          }),
        }),
      ),
    }),
  ),
);

const messages = envelopes.chain((body) =>
  fc.record({
    body: fc.constant(body),
    payload: fc.uint8Array({ minLength: hasPayload(body) ? 1 : 0, maxLength: hasPayload(body) ? 99 : 0 }),
  }),
);

function bytesOf(body: Envelope, payload?: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat(encodeEnvelope(body, payload)));
}

test("what is encoded decodes to the same, payload included", () => {
  fc.assert(
    fc.property(messages, ({ body, payload }) => {
      // A clone has ordinary prototypes, which the generated records have not.
      assert.deepEqual(decodeEnvelope(bytesOf(body, payload)), structuredClone({ body, payload }));
    }),
    { numRuns: 500 },
  );
});

test("every truncation and every flipped bit decodes to something valid or is message-invalid, and throws nothing else", () => {
  fc.assert(
    fc.property(messages, fc.nat(), fc.integer({ min: 0, max: 7 }), ({ body, payload }, at, bit) => {
      const bytes = bytesOf(body, payload);
      const flipped = bytes.slice();
      const index = at % flipped.length;
      flipped[index] = (flipped[index] ?? 0) ^ (1 << bit);
      for (const hostile of [flipped, bytes.subarray(0, at % bytes.length)]) decodesOrIsInvalid(hostile);
    }),
    { numRuns: 1_000 },
  );
});

test("no bytes throw anything else than message-invalid", () => {
  const framed = fc.uint8Array({ maxLength: 300 }).map((head) => {
    const bytes = new Uint8Array(4 + head.length);
    new DataView(bytes.buffer).setUint32(0, head.length, true);
    bytes.set(head, 4);
    return bytes;
  });
  fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), framed), decodesOrIsInvalid), { numRuns: 3_000 });
});

/** What decodes also encodes again: decode lets through only what every receiver takes. */
function decodesOrIsInvalid(bytes: Uint8Array): void {
  try {
    const { body, payload } = decodeEnvelope(bytes);
    encodeEnvelope(body, payload);
  } catch (error) {
    assert.equal(isFault(error, "message-invalid"), true, String(error));
  }
}

function frame(head: readonly number[], payload: readonly number[] = []): Uint8Array {
  const bytes = new Uint8Array([0, 0, 0, 0, ...head, ...payload]);
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  return bytes;
}

const hostile: readonly [string, Uint8Array][] = [
  ["no head", new Uint8Array(3)],
  ["a head longer than the message", new Uint8Array([5, 0, 0, 0, 1])],
  ["a head of 4 GiB", new Uint8Array([255, 255, 255, 255, 1, 2, 3])],
  ["an empty head", frame([])],
  ["a kind of message that nobody knows", frame([0x9a, 0x3f, 0])],
  ["a number of 2^53", frame([0x22, 9, 0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10])],
  ["a number of 2^64 - 1", frame([0x22, 11, 0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1])],
  ["a string that is not UTF-8", frame([0x1a, 9, 0x0a, 7, 0x0a, 1, 0x78, 0x12, 0, 0x1a, 0xff])],
  ["credit of nothing", frame([0x32, 0])],
  ["a payload where none belongs", frame([0x22, 0x02, 0x08, 1], [1])],
];

for (const [what, bytes] of hostile) {
  test(`${what} is message-invalid`, () => {
    assert.throws(() => decodeEnvelope(bytes), invalid);
  });
}

test("a field of a newer peer is passed over, and not kept", () => {
  assert.deepEqual(decodeEnvelope(frame([0x22, 5, 0x08, 7, 0xba, 0x3e, 0])).body, {
    kind: "ping",
    value: { number: 7 },
  });
});

test("of two kinds in one head the last counts, as in every protobuf decoder", () => {
  const { body } = decodeEnvelope(frame([0x22, 0x02, 0x08, 1, 0x2a, 0x02, 0x08, 3]));
  assert.deepEqual(body, { kind: "pong", value: { number: 3, wallMicros: 0 } });
});

const DISK = "d".repeat(32);
const records = { diskId: DISK, branch: DISK, from: 5, to: 9, epoch: 1 };
const part = { ...records, term: 1, position: 0, totalBytes: 10, sha256: new Uint8Array(32) };

const refused: readonly [string, Envelope, Uint8Array?][] = [
  ["an id that is none", { kind: "records", value: { ...records, diskId: "../../etc/passwd" } }, new Uint8Array(1)],
  ["an id in capitals", { kind: "records", value: { ...records, branch: "D".repeat(32) } }, new Uint8Array(1)],
  ["no payload where one belongs", { kind: "records", value: records }],
  ["a span that runs backwards", { kind: "records", value: { ...records, to: 4 } }, new Uint8Array(1)],
  ["a sequence of 0", { kind: "records", value: { ...records, from: 0 } }, new Uint8Array(1)],
  ["a fraction", { kind: "records", value: { ...records, epoch: 1.5 } }, new Uint8Array(1)],
  ["a negative number", { kind: "ping", value: { number: -1 } }],
  ["a part beyond its segment", { kind: "segmentPart", value: { ...part, position: 5 } }, new Uint8Array(6)],
  ["a digest of 31 bytes", { kind: "segmentPart", value: { ...part, sha256: new Uint8Array(31) } }, new Uint8Array(1)],
  ["a payload over its limit", { kind: "records", value: records }, new Uint8Array(PAYLOAD_BYTES_MAX + 1)],
  ["an answer without an answer", { kind: "controlResponse", value: { id: 1 } }],
  [
    "a point's name that leaves its folder",
    { kind: "controlRequest", value: { id: 1, body: { kind: "closePoint", value: { id: ".." } } } },
  ],
  [
    "a text over its limit",
    { kind: "controlNotice", value: { body: { kind: "trustList", value: { crlPem: "x".repeat(524_289) } } } },
  ],
  [
    "a list over its limit",
    {
      kind: "controlResponse",
      value: { id: 1, body: { kind: "pointList", value: { items: Array(1_001).fill(point()), more: false } } },
    },
  ],
];

for (const [what, body, payload] of refused) {
  test(`${what} is not sent`, () => {
    assert.throws(() => encodeEnvelope(body, payload), unsendable);
  });
}

function point() {
  return {
    id: "p",
    machineId: DISK,
    timeMicros: 1,
    validUntilMicros: 1,
    epoch: 1,
    kind: "auto",
    consistency: "crash",
    members: [],
    locked: false,
  } as const;
}

test("a head over its limit is neither sent nor taken", () => {
  const body = targetPlan({ disks: 130, keysOfEach: 64, jweLength: 4_096 });
  assert.throws(() => encodeEnvelope(body), { ...unsendable, message: /has a head of 3\d{7} bytes/ });
  const bytes = new Uint8Array(4 + HEAD_BYTES_MAX + 1);
  new DataView(bytes.buffer).setUint32(0, HEAD_BYTES_MAX + 1, true);
  assert.throws(() => decodeEnvelope(bytes), invalid);
});

test("the plan of a target with all the disks that it may have is sent and taken", () => {
  // What four recipients' wrapped keys take.
  const body = targetPlan({ disks: 8_192, keysOfEach: 4, jweLength: 470 });
  const { body: found } = decodeEnvelope(Buffer.concat(encodeEnvelope(body)));
  assert.ok(found.kind === "controlNotice" && found.value.body.kind === "masterTargetPlan");
  assert.equal(found.value.body.value.disks.length, 8_192);
});

function idOf(index: number): string {
  return index.toString(16).padStart(32, "0");
}

function targetPlan(of: { readonly disks: number; readonly keysOfEach: number; readonly jweLength: number }): Envelope {
  const wrappedKeys = Array.from({ length: of.keysOfEach }, (_, index) => ({
    recipient: idOf(index),
    jwe: "j".repeat(of.jweLength),
  }));
  const disks = Array.from({ length: of.disks }, (_, index) => ({
    ...{ machineId: idOf(index), machineName: `name${index}`, diskId: idOf(index), diskName: "root" },
    ...{ epoch: 1, term: 1, processServerId: idOf(1), keyId: idOf(2), wrappedKeys, intake: true },
    ...{ retentionSeconds: 1, retentionBytesMax: 0, thinningTiers: [{ afterSeconds: 7_200, stepSeconds: 300 }] },
  }));
  return { kind: "controlNotice", value: { body: { kind: "masterTargetPlan", value: { version: 1, disks } } } };
}

test("a MiB of content that nothing makes shorter is sent and taken", () => {
  const content = new Uint8Array(1024 * 1024).fill(0xa5);
  const body: Envelope = {
    kind: "controlResponse",
    value: { id: 2 ** 40, body: { kind: "replicaContent", value: { content } } },
  };
  const { body: found } = decodeEnvelope(Buffer.concat(encodeEnvelope(body)));
  assert.ok(found.kind === "controlResponse" && found.value.body?.kind === "replicaContent");
  assert.equal(Buffer.compare(found.value.body.value.content, content), 0);
});

test("a fault's detail with the name of a prototype changes no prototype", () => {
  const head = Buffer.concat([
    Buffer.from([0x0a, 1, 0x78, 0x12, 9]),
    Buffer.from("transient"),
    Buffer.from([0x22, 14, 0x0a, 9]),
    Buffer.from("__proto__"),
    Buffer.from([0x12, 1, 0x79]),
  ]);
  const farewell = Buffer.concat([Buffer.from([0x1a, head.length + 2, 0x0a, head.length]), head]);
  assert.throws(() => decodeEnvelope(frame([...farewell])), invalid);
});

test("the payload is a part of what was received, and nothing else is", () => {
  const bytes = bytesOf(
    { kind: "segmentPart", value: { ...part, sha256: new Uint8Array(32).fill(7) } },
    new Uint8Array([1, 2]),
  );
  const { body, payload } = decodeEnvelope(bytes);
  bytes.fill(9);
  assert.deepEqual([...payload], [9, 9]);
  assert.deepEqual(body, { kind: "segmentPart", value: { ...part, sha256: new Uint8Array(32).fill(7) } });
});

test("the golden messages decode to what stands beside them, and encode to the same bytes", async () => {
  const golden: unknown = JSON.parse(await readFile(join(import.meta.dirname, "../golden/messages.json"), "utf8"));
  assert.ok(Array.isArray(golden) && golden.length >= 6);
  for (const { hex, payloadHex, body } of golden.map(goldenOf)) {
    const bytes = new Uint8Array(Buffer.from(hex, "hex"));
    const decoded = decodeEnvelope(bytes);
    assert.deepEqual(plainOf(decoded.body), body);
    assert.equal(Buffer.from(decoded.payload).toString("hex"), payloadHex);
    assert.equal(Buffer.concat(encodeEnvelope(decoded.body, decoded.payload)).toString("hex"), hex);
  }
});

function goldenOf(entry: unknown): { hex: string; payloadHex: string; body: unknown } {
  assert.ok(typeof entry === "object" && entry !== null && "hex" in entry && "payloadHex" in entry && "body" in entry);
  const { hex, payloadHex, body } = entry;
  assert.ok(typeof hex === "string" && typeof payloadHex === "string");
  return { hex, payloadHex, body };
}

/** As JSON holds it: bytes in hex. */
function plainOf(body: Envelope): unknown {
  return JSON.parse(
    JSON.stringify(body, (_key, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value,
    ),
  );
}
