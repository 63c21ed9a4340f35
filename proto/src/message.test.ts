import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeEnvelope, type Envelope, encodeEnvelope } from "./index.ts";

test("x", () => {
  const body: Envelope = {
    kind: "records",
    value: { diskId: "0".repeat(32), branch: "1".repeat(32), from: 1, to: 2 ** 53 - 1, epoch: 3 },
  };
  const m = decodeEnvelope(Buffer.concat(encodeEnvelope(body, new Uint8Array([1, 2]))));
  assert.deepEqual(m.body, body);
  const many: Envelope = {
    kind: "controlRequest",
    value: {
      id: 1,
      body: { kind: "listPoints", value: { machineId: "0".repeat(32), fromMicros: 1, toMicros: 0, itemsMax: 0 } },
    },
  };
  assert.deepEqual(decodeEnvelope(Buffer.concat(encodeEnvelope(many))).body, many);
  const t = performance.now();
  for (let i = 0; i < 100000; i++) {
    const p = encodeEnvelope(body, new Uint8Array([1]));
    decodeEnvelope(Buffer.concat(p));
  }
  console.log((performance.now() - t) * 10, "ns per round trip");
});
