import assert from "node:assert/strict";
import { test } from "node:test";
import type { TargetDiskStatus } from "@leeward/proto";
import { agentDisk, eventually, install, targetDisk } from "../testing/node-installation.ts";
import { startServer, temporaryFolder } from "../testing/node-test-server.ts";
import { historyConcerns } from "./history-concerns.ts";

const GIB = 2 ** 30;

function forecastIn(seconds: number, nowMicros: number): Pick<TargetDiskStatus, "forecast"> {
  const atMicros = nowMicros + seconds * 1_000_000;
  return {
    forecast: {
      atMicros,
      reachSeconds: 86_400,
      reachLeftSeconds: 61_200,
      growthBytesPerSecond: 3 * 2 ** 20,
      bytesMax: 200 * GIB,
    },
  };
}

const HELD: Pick<TargetDiskStatus, "heldExcess"> = {
  heldExcess: {
    bytes: 12 * GIB,
    bytesMax: 10 * GIB,
    pointCount: 12,
    holders: [
      { pointId: "p1", timeMicros: 0, kind: "lock", owner: "Ada", reason: "audit", untilMicros: 0 },
      { pointId: "p2", timeMicros: 0, kind: "pin", owner: "o1", reason: "opened", untilMicros: 0 },
    ],
  },
};

void test("what is said of a limit in bytes can be read by anybody", () => {
  const of = { subject: "web/a", policy: "default", nowMicros: 0 };
  const [forecast] = historyConcerns(forecastIn(2_400, 0), of);
  assert.equal(
    forecast?.message,
    "The history of web/a will be cut from 24 h to 17 h in 40 min: its journal grows by 3.0 MiB/s and comes to its limit of 200.0 GiB.",
  );
  const [held] = historyConcerns(HELD, of);
  assert.match(
    held?.message ?? "",
    /has 12\.0 GiB\. Held: p1 of 1970.*, locked by Ada without end \(audit\); p2 of 1970.*, in use by o1 \(opened\); and 10 points more\.$/,
  );
  assert.deepEqual(historyConcerns({}, of), []);
});

void test("a cut that is forecast, and a limit that locks break, are shown with the disk, needing a person, and told once", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { said, tell } = await install(t, server, folder);
  const { disk } = await server.client.call("protectDisk", { params: { machine: "web" }, body: { path: "/a" } });
  const now = Date.now() * 1_000;
  const merging = { doneBytes: 3, totalBytes: 10, etaSeconds: -1 };
  said.agentDisks = [agentDisk(disk.id)];
  const points = { newestPointMicros: now, oldestPointMicros: now - 1_000_000 };
  said.targetDisks = [targetDisk(disk.id, { ...points, ...forecastIn(2_400, now), merging })];
  tell();
  const found = await eventually(async () =>
    (await server.client.call("status", {})).items.find(
      (item) => item.code === "history-forecast" && item.since !== null,
    ),
  );
  assert.deepEqual([found.subject, found.severity], ["web/a", "warning"]);
  const [shown] = (await server.client.call("listDisks", {})).items;
  assert.deepEqual(shown?.merging, { doneBytes: 3, totalBytes: 10, etaSeconds: null });
  assert.equal(shown?.historyForecast?.reachLeftSeconds, 61_200);
  assert.ok(Math.abs((shown?.historyForecast?.inSeconds ?? 0) - 2_400) < 60);
  said.targetDisks = [targetDisk(disk.id, { ...points, ...HELD })];
  tell();
  await eventually(async () =>
    (await server.client.call("status", {})).items.some(({ code }) => code === "history-held"),
  );
  const told = await eventually(async () => {
    const { items } = await server.client.call("listEvents", {});
    const rules = items.filter(({ kind }) => kind === "alert-opened").map(({ detail }) => detail["rule"]);
    return rules.includes("history-held") ? rules.filter((rule) => String(rule).startsWith("history-")) : undefined;
  });
  assert.deepEqual(told, ["history-forecast", "history-held"]);
  const [again] = (await server.client.call("listDisks", {})).items;
  assert.equal(again?.historyForecast, null);
  assert.deepEqual(
    again?.heldExcess?.holders.map(({ owner, kind }) => [owner, kind]),
    [
      ["Ada", "lock"],
      ["o1", "pin"],
    ],
  );
});
