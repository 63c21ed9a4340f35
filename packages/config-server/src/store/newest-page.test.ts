import assert from "node:assert/strict";
import { test } from "node:test";
import { temporaryFolder } from "../testing/node-test-server.ts";
import { openTestStore } from "../testing/node-test-state.ts";
import type { EventQuery } from "./event-rows.ts";
import type { NewestQuery } from "./newest-page.ts";

const JOB = { machineId: "m", diskId: "", input: {} } as const;

void test("pages of jobs are newest first, each job once, and what comes meanwhile moves none", async (t) => {
  using store = await openTestStore(await temporaryFolder(t));
  // Several of one moment, in an order that is not that of their ids.
  const ids = Array.from({ length: 23 }, (_, index) => `${(index * 7) % 23}`.padStart(2, "0"));
  const insert = (id: string, createdMicros: number): void => {
    store.jobs.insert({ ...JOB, id, kind: "save", subject: id, createdMicros });
  };
  for (const [index, id] of ids.entries()) insert(id, 1_000 + Math.floor(index / 4));
  const seen: string[] = [];
  for (let after: NewestQuery["after"]; ; ) {
    const page = store.jobs.list({}, { limit: 5, after });
    seen.push(...page.map(({ id }) => id));
    const last = page.at(-1);
    after = last && { micros: last.createdMicros, id: last.id };
    if (page.length < 5) break;
    insert(`new-${seen.length}`, 9_000);
  }
  assert.equal(seen.length, ids.length);
  assert.deepEqual(new Set(seen), new Set(ids));
  const newest = store.jobs.list({}, { limit: 4 + seen.length }).map(({ id }) => id);
  assert.deepEqual(newest.slice(4), seen, "in the same order as all at once");
});

void test("jobs are found by state, kind, subject and machine, and by what had not ended before a moment", async (t) => {
  using store = await openTestStore(await temporaryFolder(t));
  store.jobs.insert({ ...JOB, id: "a", kind: "save", subject: "web/root", createdMicros: 1 });
  store.jobs.insert({ ...JOB, id: "b", kind: "verify", subject: "web/root", createdMicros: 2 });
  store.jobs.insert({ ...JOB, id: "c", kind: "save", subject: "db/root", machineId: "other", createdMicros: 3 });
  store.jobs.start("b", 5);
  const found = (of: Parameters<typeof store.jobs.list>[0]): string =>
    store.jobs
      .list(of, { limit: 10 })
      .map(({ id }) => id)
      .join("");
  assert.equal(found({}), "cba");
  assert.equal(found({ state: "running" }), "b");
  assert.equal(found({ kind: "save" }), "ca");
  assert.equal(found({ subject: "web/root" }), "ba");
  assert.equal(found({ machineId: "other", kind: "save" }), "c");
  store.jobs.end("b", { state: "succeeded", error: null, result: null, nowMicros: 10 });
  assert.equal(found({ sinceMicros: 10 }), "cba", "what has not ended, and what ended just then");
  assert.equal(found({ sinceMicros: 11 }), "ca", "however late it was made");
});

void test("a page of some machines alone is cut from what is of them", async (t) => {
  using store = await openTestStore(await temporaryFolder(t));
  for (const [index, machineId] of ["own", "other", "own", "", "other", "second"].entries())
    store.jobs.insert({ ...JOB, machineId, id: `${index}`, kind: "save", subject: "s", createdMicros: index });
  const found = (query: NewestQuery): string =>
    store.jobs
      .list({}, query)
      .map(({ id }) => id)
      .join("");
  const machineIds = ["own", "second"];
  assert.equal(found({ limit: 2, machineIds }), "52");
  assert.equal(found({ limit: 2, machineIds, after: { micros: 2, id: "2" } }), "0");
  assert.equal(found({ limit: 9, machineIds: [] }), "");
  assert.equal(found({ limit: 9 }), "543210");
});

void test("events are found by kind, actor, subject, severity and time, in either order", async (t) => {
  using store = await openTestStore(await temporaryFolder(t));
  const event = { detail: {}, address: null, message: "x" } as const;
  store.events.insert({ ...event, severity: "info", kind: "k1", subject: "web", actor: "ann" }, 100);
  store.events.insert({ ...event, severity: "warning", kind: "k2", subject: null, actor: "ann" }, 200);
  store.events.insert({ ...event, severity: "critical", kind: "k1", subject: "web", actor: "bob" }, 300);
  const all = { order: "oldest", severities: ["info", "warning", "critical"], limit: 10 } as const;
  const found = (query: Partial<Parameters<typeof store.events.list>[0]>): string =>
    store.events
      .list({ ...all, ...query })
      .map(({ id }) => id)
      .join("");
  assert.equal(found({}), "123");
  assert.equal(found({ order: "newest" }), "321");
  assert.equal(found({ order: "newest", afterId: 3, limit: 1 }), "2");
  assert.equal(found({ afterId: 1 }), "23");
  assert.equal(found({ kind: "k1" }), "13");
  assert.equal(found({ actor: "ann" }), "12");
  assert.equal(found({ subject: "web", severities: ["critical"] }), "3");
  assert.equal(found({ sinceMicros: 200, untilMicros: 300 }), "2");
});

void test("events of some machines are those of what is theirs, too, and are found by their names", async (t) => {
  const folder = await temporaryFolder(t);
  using store = await openTestStore(folder);
  const event = { detail: {}, address: null, message: "x", severity: "info", kind: "k", actor: "ann" } as const;
  for (const subject of ["web", "web/root", "web2", null, "db", "", "we_", "/web"])
    store.events.insert({ ...event, subject }, 100);
  const found = (machineNames: readonly string[], query: Partial<EventQuery> = {}): string =>
    store.events
      .list({ order: "oldest", severities: ["info"], limit: 10, machineNames, ...query })
      .map(({ id }) => id)
      .join("");
  assert.equal(found(["web"]), "12");
  assert.equal(found(["db", "web"]), "125");
  assert.equal(found(["db", "web"], { order: "newest", limit: 2 }), "52");
  assert.equal(found(["db", "web"], { afterId: 1, limit: 1 }), "2");
  assert.equal(found([]), "");
  // By the index of names, which the database refuses to leave out, with whatever else is asked.
  for (const query of [{ afterId: 0 }, { kind: "k" }, { actor: "ann" }, { sinceMicros: 0, untilMicros: 200 }])
    assert.equal(found(["web", "db"], query), "125");
  assert.equal(found(["web", "db"], { subject: "web/root" }), "2");
});
