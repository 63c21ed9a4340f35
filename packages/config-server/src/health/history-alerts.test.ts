import assert from "node:assert/strict";
import { test } from "node:test";
import { silentTrace } from "@leeward/daemon";
import type { TargetDiskStatus } from "@leeward/proto";
import { simulatedWorld } from "@leeward/world/testing";
import { EventLog } from "../events/event-log.ts";
import { HISTORY_ALERT_REST_MS } from "../limits.ts";
import { Reports } from "../sessions/reports.ts";
import { agentDisk, eventually, install, targetDisk } from "../testing/node-installation.ts";
import { startServer, temporaryFolder } from "../testing/node-test-server.ts";
import { openTestStore } from "../testing/node-test-state.ts";
import { HistoryAlerts } from "./history-alerts.ts";
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
  const kinds = await eventually(async () => {
    const { items } = await server.client.call("listEvents", {});
    const told = items.map(({ kind }) => kind).filter((kind) => kind.startsWith("history-"));
    return told.includes("history-held") ? told : undefined;
  });
  assert.deepEqual(kinds, ["history-forecast", "history-held"]);
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

void test("an alert is told once however it comes and goes, over restarts and while its target is away, and ends when it was gone for a while", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  await install(t, server, folder);
  const { disk } = await server.client.call("protectDisk", { params: { machine: "web" }, body: { path: "/a" } });
  await server.stop();

  const { clock } = simulatedWorld({ seed: 1 });
  using store = await openTestStore(`${folder}/server`);
  const reports = new Reports(store.reports);
  const events = new EventLog({ rows: store.events, clock, trace: silentTrace, kept: () => 1_000 });
  let isOnline = true;
  const open = (): HistoryAlerts => new HistoryAlerts({ store, clock, events, reports, isOnline: () => isOnline });
  let alerts = open();
  const row = store.disks.byId(disk.id);
  assert.ok(row !== undefined);
  const say = (more: Partial<TargetDiskStatus>): void => {
    const status = reports.of(row.masterTargetId)?.status;
    assert.ok(status?.kind === "masterTargetStatus");
    const value = { ...status.value, disks: [targetDisk(disk.id, more)] };
    reports.take(row.masterTargetId, { kind: "masterTargetStatus", value }, clock.wallMicros());
    alerts.look();
  };
  const kinds = (): string[] =>
    events
      .list({ order: "oldest", severities: ["info", "warning"], limit: 1_000 })
      .map(({ kind }) => kind)
      .filter((kind) => kind.startsWith("history-"));
  say(forecastIn(600, 0));
  say({});
  await clock.advance(HISTORY_ALERT_REST_MS / 2);
  say(forecastIn(900, 0));
  alerts = open();
  say(forecastIn(900, 0));
  assert.deepEqual(kinds(), ["history-forecast"]);
  isOnline = false;
  await clock.advance(2 * HISTORY_ALERT_REST_MS);
  alerts.look();
  assert.deepEqual(kinds(), ["history-forecast"], "a target that is away does not end it");
  isOnline = true;
  say({});
  await clock.advance(HISTORY_ALERT_REST_MS);
  say({});
  assert.deepEqual(kinds(), ["history-forecast", "history-forecast-ended"]);
  assert.deepEqual(store.alerts.list(), []);
  say(forecastIn(900, 0));
  assert.deepEqual(kinds(), ["history-forecast", "history-forecast-ended", "history-forecast"]);
});
