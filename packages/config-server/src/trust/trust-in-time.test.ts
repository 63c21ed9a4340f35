import assert from "node:assert/strict";
import { test } from "node:test";
import { ControlSession, type PlanKind, silentTrace } from "@leeward/daemon";
import { KeyStore } from "@leeward/identity";
import { LiveSessions } from "@leeward/wire";
import { type SimulatedWorld, simulatedNetwork, simulatedWorld } from "@leeward/world/testing";
import { EventLog } from "../events/event-log.ts";
import { Installations } from "../plans/installation.ts";
import { Copies } from "../sessions/copies.ts";
import { MemberRequests } from "../sessions/member-requests.ts";
import { Reports } from "../sessions/reports.ts";
import { SessionHost } from "../sessions/session-host.ts";
import type { MemberRole } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";
import { eventually } from "../testing/node-installation.ts";
import { temporaryFolder } from "../testing/node-test-server.ts";
import { openTestStore } from "../testing/node-test-state.ts";
import { Trust } from "./trust.ts";

const DAY_MICROS = 86_400_000_000;
const HOUR_MS = 3_600_000;
const YEAR_DAYS = 365;
const SERVER = { host: "server", port: 443 };

async function trustIn(world: SimulatedWorld): Promise<Trust> {
  await world.files.makeFolder("/server");
  return Trust.open({ world, home: "/server", serverId: "s", names: ["server"] });
}

/** How many days a certificate or list still holds. */
function daysLeft(world: SimulatedWorld, endMicros: number): number {
  return (endMicros - world.clock.wallMicros()) / DAY_MICROS;
}

void test("for three years the config server's own certificate and its revocation list never come near their end", async () => {
  const world = simulatedWorld({ seed: 1 });
  const trust = await trustIn(world);
  const stop = new AbortController();
  const running = trust.run(stop.signal);
  const keyStore = trust.keyStore;
  for (let day = 0; day < 3 * YEAR_DAYS; day += 9) {
    world.clock.stepWall(9 * DAY_MICROS);
    // Keys are made and used in the process's own time, while the virtual one stands still.
    await eventually(async () => {
      await world.clock.advance(HOUR_MS);
      const end = keyStore.notAfterMicros ?? 0;
      return daysLeft(world, end) > 50 && !keyStore.outOfTime(world.clock.wallMicros() + 50 * DAY_MICROS);
    });
  }
  stop.abort();
  await running;
});

const MEMBERS: readonly MemberRole[] = ["agent", "process-server", "master-target"];
const PLANS = {
  agent: "agentPlan",
  "process-server": "processServerPlan",
  "master-target": "masterTargetPlan",
} as const;

/** A member that enrolled, and its control session. */
async function memberOf(
  role: MemberRole,
  on: { world: SimulatedWorld; trust: Trust; store: Store; network: ReturnType<typeof simulatedNetwork> },
): Promise<{ keyStore: KeyStore; run: (signal: AbortSignal) => Promise<void> }> {
  const { world, trust, store, network } = on;
  const home = `/${role}`;
  await world.files.makeFolder(`${home}/identity`);
  const keyStore = await KeyStore.open(world, `${home}/identity`);
  const issued = await trust.issue(await keyStore.createRequest(), { role, id: role });
  await keyStore.install(issued);
  const nowMicros = world.clock.wallMicros();
  const token = { createdMicros: nowMicros, createdBy: "test", expiresMicros: null, note: null, machineId: null };
  store.tokens.insert({ id: role, role, ...token, secretDigest: role });
  store.members.insert({
    ...{ id: role, role, name: role, publicKeyPem: keyStore.publicKeyPem, enrolledMicros: nowMicros },
    ...{ tokenId: role, certificateEndMicros: issued.endMicros },
  });
  const health = { cpuFraction: 0, memoryFraction: 0, residentBytes: 1, cpuMicros: 0 };
  const space = { softwareVersion: "1", freeBytes: 1, totalBytes: 1, health };
  const cache = { links: [], cacheFreeBytes: 1, cacheTotalBytes: 1, softwareVersion: "1", health };
  const control: ControlSession<PlanKind> = await ControlSession.open<PlanKind>({
    ...{ world, keyStore, home, servers: [SERVER], trace: silentTrace, softwareVersion: "1", planKind: PLANS[role] },
    network: network.join(role, { role, id: role, fingerprint: role }),
    apply: async () => undefined,
    status: () => {
      const planVersion = control.appliedVersion;
      if (role === "agent")
        return {
          kind: "agentStatus",
          value: {
            planVersion,
            agentVersion: "1",
            bootId: "",
            disks: [],
            inventoryJson: "",
            clockOffsetMicros: 0,
            links: [],
          },
        };
      const address = { host: role, port: 1 };
      return role === "process-server"
        ? { kind: "processServerStatus", value: { ...cache, planVersion, dataAddress: address, disks: [] } }
        : {
            kind: "masterTargetStatus",
            value: { ...space, planVersion, targetAddress: address, disks: [], saves: [], replicas: [] },
          };
    },
    answer: async () => ({ kind: "done", value: {} }),
  });
  return { keyStore, run: (signal) => control.run(signal) };
}

void test("for a year every daemon renews over its session, each time on the same key, and stays who it is", async (t) => {
  using store = await openTestStore(await temporaryFolder(t));
  const world = simulatedWorld({ seed: 2 });
  const { clock } = world;
  const trust = await trustIn(world);
  const network = simulatedNetwork({ clock, random: world.random });
  const live = new LiveSessions(clock);
  const events = new EventLog({ rows: store.events, clock, trace: silentTrace, kept: () => 10_000 });
  const host = new SessionHost({
    ...{ world, store, trust, events, live, copies: new Copies(clock), trace: silentTrace, softwareVersion: "1" },
    installations: new Installations(store),
    reports: new Reports(store.reports),
    requests: new MemberRequests(live, clock),
    onEvent: () => undefined,
  });
  const stop = new AbortController();
  const own = network.join("server", { role: "config-server", id: "s", fingerprint: "s" });
  await using listener = await own.listen(SERVER);
  const hosting = host.run(listener.accept(stop.signal), stop.signal);
  const members = await Promise.all(MEMBERS.map((role) => memberOf(role, { world, trust, store, network })));
  const running = members.map(({ run }) => run(stop.signal));
  const keys = members.map(({ keyStore }) => keyStore.publicKeyPem);
  for (let day = 0; day < YEAR_DAYS; day += 10) {
    clock.stepWall(10 * DAY_MICROS);
    for (const role of MEMBERS) network.sever(role, "server");
    await eventually(async () => {
      await clock.advance(1_000);
      return members.every(
        ({ keyStore }) =>
          daysLeft(world, keyStore.notAfterMicros ?? 0) > 50 &&
          daysLeft(world, store.members.byId(keyStore.identity?.id ?? "")?.certificateEndMicros ?? 0) > 50,
      );
    });
  }
  assert.deepEqual(
    members.map(({ keyStore }) => keyStore.publicKeyPem),
    keys,
  );
  assert.deepEqual(
    members.map(({ keyStore }) => keyStore.identity?.id),
    MEMBERS,
  );
  stop.abort();
  const ended = Promise.all([hosting, ...running]);
  await eventually(async () => {
    await clock.advance(1_000);
    return live.entries().length === 0;
  });
  await ended;
});
