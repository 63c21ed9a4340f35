import assert from "node:assert/strict";
import { test } from "node:test";
import type { Server } from "@leeward/api";
import { healthOf, healthTone } from "./server-values.ts";

const HEARD = "2026-01-02T10:00:00.000000Z";
const HEARD_MS = Date.parse(HEARD);
const LIMITS = { uploadSeconds: { warning: 1_800, critical: 2_700, bad: "above" } } as const;

function server(more: Partial<Server>): Server {
  const known = { health: { cpuFraction: 0.2, memoryFraction: 0.4 }, freeBytes: 25, totalBytes: 100 };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what its values rest on is here; the rest of a server has no part in it
  return { role: "process-server", lastSeen: HEARD, uploadDelaySeconds: 2_000, ...known, ...more } as unknown as Server;
}

test("a process server's upload delay is what the server itself says of it", () => {
  const health = healthOf(server({}), HEARD_MS + 3_000);
  assert.deepEqual(health, { cpu: 0.2, memory: 0.4, free: 0.25, uploadSeconds: 2_000, silentSeconds: 3 });
  assert.equal(healthTone(health, LIMITS), "attention");
  assert.equal(healthTone(healthOf(server({ uploadDelaySeconds: 2_700 }), HEARD_MS), LIMITS), "bad");
  assert.equal(healthTone(healthOf(server({ uploadDelaySeconds: 0 }), HEARD_MS), LIMITS), "good");
});

test("of a server that is away nothing is known but for how long it has been silent", () => {
  const away = server({ health: null, freeBytes: null, totalBytes: null, uploadDelaySeconds: null });
  assert.deepEqual(healthOf(away, HEARD_MS + 60_000), {
    cpu: null,
    memory: null,
    free: null,
    uploadSeconds: null,
    silentSeconds: 60,
  });
  const neverHeard = { ...away, lastSeen: null };
  assert.equal(healthOf(neverHeard, HEARD_MS).silentSeconds, null);
});
