import assert from "node:assert/strict";
import { test } from "node:test";
import { ADA, type AlertStage, alertStage, machineCondition } from "../testing/node-alert-stage.ts";
import { channelView } from "./alert-view.ts";

const MINUTE = 60;
const HOOK = { kind: "webhook", settings: { url: "https://hook.example/" }, secret: "s3cret" } as const;
const DRILL = machineCondition("drill-failed");

const changesOf = ({ got }: AlertStage): string[][] => got.map(({ notices }) => notices.map(({ change }) => change));

void test("a channel is told once that an alert opened and once that it resolved", async (t) => {
  const stage = await alertStage(t);
  await stage.channels.set("hook", HOOK, ADA);
  stage.said.conditions = [DRILL];
  await stage.pass(10 * MINUTE);
  stage.said.conditions = [];
  await stage.pass(10 * MINUTE);
  assert.deepEqual(changesOf(stage), [["opened"], ["resolved"]]);
  const ids = stage.got.flatMap(({ notices }) => notices.map(({ id }) => id));
  assert.equal(new Set(ids).size, 2);
  assert.equal(stage.channels.find("hook").fault, null);
});

void test("500 machines that go offline are one message, and so are 500 that come back", async (t) => {
  const stage = await alertStage(t);
  await stage.channels.set("hook", HOOK, ADA);
  const names = Array.from({ length: 500 }, (_, index) => `m${index}`);
  const offline = names.map((subject) =>
    machineCondition("machine-offline", { subject, severity: "critical", measured: 16 }),
  );
  // They do not all go at the same moment.
  for (let count = 100; count <= 500; count += 100) {
    stage.said.conditions = offline.slice(0, count);
    await stage.pass(5);
  }
  await stage.pass(10 * MINUTE);
  const [message, ...others] = stage.got;
  assert.deepEqual(others, []);
  assert.deepEqual(message?.counts, { opened: 500, raised: 0, resolved: 0 });
  assert.equal(message?.summary, "[critical] 500 alerts (500 machine-offline)");
  assert.deepEqual([message?.notices.length, message?.omitted], [100, 400]);
  stage.said.conditions = [];
  await stage.pass(10 * MINUTE);
  assert.deepEqual(
    stage.got.map(({ counts }) => counts.resolved),
    [0, 500],
  );
});

void test("nobody is told of what is silenced; what still stands when the silence ends is told once more, and what ended within it then", async (t) => {
  const stage = await alertStage(t);
  await stage.channels.set("hook", HOOK, ADA);
  stage.said.conditions = [DRILL, machineCondition("drill-failed", { subject: "db" })];
  await stage.pass(MINUTE);
  assert.deepEqual(changesOf(stage), [["opened", "opened"]]);
  const untilMicros = stage.nowMicros() + 3_600_000_000;
  for (const { id } of stage.store.alerts.standing())
    stage.alerts.silence(id, { actor: ADA, note: "maintenance", until: "in an hour", untilMicros });
  stage.said.conditions = [DRILL];
  await stage.pass(58 * MINUTE);
  assert.equal(stage.got.length, 1);
  assert.equal(stage.store.alerts.standing().length, 1, "it still shows");
  await stage.pass(5 * MINUTE);
  assert.deepEqual(changesOf(stage), [
    ["opened", "opened"],
    ["raised", "resolved"],
  ]);
  const past = { actor: ADA, note: undefined, until: "an hour ago", untilMicros: 1 };
  const [alert] = stage.store.alerts.standing();
  assert.throws(() => stage.alerts.silence(alert?.id ?? "", past), { code: "silence-invalid" });
});

void test("a silence lasts to its end, however often what it is of resolves and comes back meanwhile, also over a restart", async (t) => {
  let stage = await alertStage(t);
  await stage.channels.set("hook", HOOK, ADA);
  const away = machineCondition("machine-offline", { severity: "critical", measured: 16 });
  stage.said.conditions = [away];
  await stage.pass(MINUTE);
  const [first] = stage.store.alerts.standing();
  assert.ok(first !== undefined);
  const untilMicros = stage.nowMicros() + 2 * 3_600_000_000;
  stage.alerts.silence(first.id, { actor: ADA, note: "Maintenance.", until: "in 2 hours", untilMicros });
  for (let reboot = 0; reboot < 3; reboot += 1) {
    stage.said.conditions = [];
    await stage.pass(2 * MINUTE);
    assert.deepEqual(stage.store.alerts.standing(), [], "it rested for long enough to resolve");
    stage = stage.restart();
    stage.said.conditions = [away];
    await stage.pass(20 * MINUTE);
    assert.deepEqual(
      stage.store.alerts.standing().map(({ silencedUntilMicros }) => silencedUntilMicros),
      [untilMicros],
    );
  }
  await stage.pass(50 * MINUTE);
  assert.deepEqual(changesOf(stage), [["opened"]]);
  await stage.pass(10 * MINUTE);
  const [, last, ...others] = stage.got;
  assert.deepEqual(others, []);
  // The alert that was told of has passed, and the last one stands; of those between them nobody hears.
  const [standing] = stage.store.alerts.standing();
  assert.deepEqual(
    last?.notices.map(({ change, alert }) => [change, alert.id]),
    [
      ["opened", standing?.id],
      ["resolved", first.id],
    ],
  );
  assert.equal(standing?.silencedUntilMicros, null);
});

void test("a silence can be ended though its alert has, and only while it lasts", async (t) => {
  const stage = await alertStage(t);
  await stage.channels.set("hook", HOOK, ADA);
  stage.said.conditions = [DRILL];
  await stage.pass(MINUTE);
  const id = stage.store.alerts.standing()[0]?.id ?? "";
  const untilMicros = stage.nowMicros() + 3_600_000_000;
  stage.alerts.silence(id, { actor: ADA, note: undefined, until: "in an hour", untilMicros });
  stage.said.conditions = [];
  await stage.pass(MINUTE);
  assert.throws(() => stage.alerts.acknowledge(id, { actor: ADA, note: undefined }), { code: "alert-ended" });
  assert.equal(stage.alerts.unsilence(id, ADA).silencedUntilMicros, null);
  assert.throws(() => stage.alerts.unsilence(id, ADA), { code: "alert-ended" });
  stage.said.conditions = [DRILL];
  await stage.pass(MINUTE);
  assert.deepEqual(changesOf(stage), [["opened"], ["opened", "resolved"]]);
});

void test("who is acknowledged before it was told is not told, and a channel is told from its least severity on", async (t) => {
  const stage = await alertStage(t);
  await stage.channels.set("worst", { ...HOOK, severity: "critical" }, ADA);
  stage.said.conditions = [DRILL, machineCondition("replica-differs", { severity: "critical" })];
  await stage.pass(MINUTE);
  assert.deepEqual(
    stage.got.flatMap(({ notices }) => notices.map(({ alert }) => alert.code)),
    ["replica-differs"],
  );
  await stage.channels.set("all", HOOK, ADA);
  const drill = stage.store.alerts.standing().find(({ code }) => code === "drill-failed");
  stage.alerts.acknowledge(drill?.id ?? "", { actor: ADA, note: undefined });
  await stage.pass(MINUTE);
  assert.equal(stage.got.length, 2);
  assert.deepEqual(
    stage.got[1]?.notices.map(({ alert }) => alert.code),
    ["replica-differs"],
  );
});

void test("a message whose sending was cut off by a crash comes again under the same id and in the same words, and nothing else twice", async (t) => {
  let stage = await alertStage(t);
  await stage.channels.set("hook", HOOK, ADA);
  const documents: string[] = [];
  let next: AlertStage | undefined;
  stage.said.receive = async ({ document }) => {
    documents.push(document);
    if (next !== undefined) return;
    // The receiver has it, and the server dies before it knows.
    next = stage.restart();
    throw new Error("the process is gone");
  };
  stage.said.conditions = [DRILL];
  await stage.pass(30);
  assert.deepEqual([documents.length, stage.channels.find("hook").fault], [1, null]);
  assert.ok(next !== undefined);
  stage = next;
  stage.said.conditions = [DRILL, machineCondition("drill-failed", { subject: "db" })];
  await stage.pass(10 * MINUTE);
  assert.equal(documents[1], documents[0]);
  assert.equal(documents.length, 3, "the other alert, and no more");
  stage = stage.restart();
  await stage.pass(10 * MINUTE);
  assert.equal(documents.length, 3);
});

void test("a channel that fails is tried on the house's schedule, shows why, and keeps nobody else; what was set anew is tried at once", async (t) => {
  const stage = await alertStage(t);
  await stage.channels.set("hook", HOOK, ADA);
  await stage.channels.set("other", { ...HOOK, secret: "of the other" }, ADA);
  const attempts: number[] = [];
  const begun = stage.nowMicros();
  stage.said.receive = async ({ secret }) => {
    if (secret === "of the other") return;
    attempts.push(Math.round((stage.nowMicros() - begun) / 60_000_000));
    throw new Error("no route");
  };
  stage.said.conditions = [DRILL];
  await stage.pass(60 * MINUTE);
  // After 1, 2, 4, 8, 10 minutes, then every 30.
  assert.deepEqual(attempts, [1, 2, 4, 8, 16, 26, 56]);
  assert.equal(stage.got.length, 1);
  assert.equal(stage.channels.find("hook").fault?.code, "alert-delivery-failed");
  assert.equal(stage.channels.find("other").fault, null);
  stage.said.receive = async () => undefined;
  await stage.channels.set("hook", HOOK, ADA);
  await stage.pass(5);
  assert.equal(stage.channels.find("hook").fault, null);
  assert.deepEqual(changesOf(stage), [["opened"], ["opened"]]);
});

void test("a mail that was not taken for an address is not sent to the others again, and the channel's fault names it", async (t) => {
  const stage = await alertStage(t);
  await stage.channels.set("hook", HOOK, ADA);
  stage.said.conditions = [DRILL];
  stage.said.receive = async () => ["nobody@example.org"];
  await stage.pass(10 * MINUTE);
  assert.equal(stage.got.length, 1, "it was taken once, and is not tried again");
  const { fault, deliveredMicros } = stage.channels.find("hook");
  assert.equal(fault?.code, "alert-delivery-failed");
  assert.match(fault.message, /not for nobody@example\.org/);
  assert.notEqual(deliveredMicros, null);
  const tried = stage.channels.test("hook", new AbortController().signal);
  await assert.rejects(tried, { code: "alert-delivery-failed", message: /nobody@example\.org/ });
  stage.said.receive = async () => undefined;
  await stage.channels.test("hook", new AbortController().signal);
  assert.equal(stage.channels.find("hook").fault, null);
});

void test("a channel that was removed while it was being told is not there again", async (t) => {
  const stage = await alertStage(t);
  await stage.channels.set("hook", HOOK, ADA);
  stage.said.conditions = [DRILL];
  stage.said.receive = async () => {
    stage.channels.remove("hook", ADA);
    throw new Error("too late");
  };
  await stage.pass(MINUTE);
  assert.deepEqual(stage.store.alertChannels.list(), []);
  assert.throws(() => stage.channels.find("hook"), { code: "alert-channel-unknown" });
});

void test("a channel is not told of its own failing, and others are", async (t) => {
  const stage = await alertStage(t);
  for (const name of ["hook", "other"]) await stage.channels.set(name, HOOK, ADA);
  const failing = { subjectKind: "installation", subjectId: "channel hook", machineId: null, restsOn: [] } as const;
  stage.said.conditions = [machineCondition("alert-channel-failed", { ...failing, subject: "hook" })];
  await stage.pass(10 * MINUTE);
  assert.equal(stage.got.length, 1);
});

void test("of a webhook's URL the server alone is shown; so sent back, the URL stays, and follows to nobody else", async (t) => {
  const stage = await alertStage(t);
  const url = "https://hook.example/services/T0/s3cret?key=1";
  const set = (settings: { url: string; caPem?: string }) =>
    stage.channels.set("hook", { kind: "webhook", settings }, ADA);
  const view = channelView(await set({ url }));
  assert.equal(view.settings["url"], "https://hook.example/…");
  assert.doesNotMatch(JSON.stringify(view), /s3cret|key=1/);
  const kept = await set({ url: "https://hook.example/…" });
  assert.deepEqual((await stage.secrets.targetOf(kept)).settings, { url, caPem: null });
  assert.doesNotMatch(JSON.stringify(stage.store.alertChannels.list()), /s3cret|key=1/, "nor does it lie in the state");
  await assert.rejects(stage.secrets.targetOf({ ...kept, name: "stolen" }), { code: "alert-secret-unreadable" });
  await assert.rejects(stage.secrets.open({ name: "hook", sealed: kept.sealedUrl }), {
    code: "alert-secret-unreadable",
  });
  const invalid = { code: "alert-channel-invalid" };
  await assert.rejects(set({ url: "https://evil.example/…" }), invalid);
  await assert.rejects(set({ url: "https://hook.example/…", caPem: "another authority" }), invalid);
  assert.equal(channelView(await set({ url: "https://hook.example/" })).settings["url"], "https://hook.example/");
  await assert.rejects(set({ url: "https://hook.example/…" }), invalid, "there is no more of it");
});

void test("a secret does not follow to another receiver, lies sealed, and opens only as its channel's", async (t) => {
  const stage = await alertStage(t);
  const { sealed } = await stage.channels.set("hook", HOOK, ADA);
  assert.ok(sealed !== null && !sealed.includes("s3cret"));
  const elsewhere = { kind: "webhook", settings: { url: "https://evil.example/" } } as const;
  await assert.rejects(stage.channels.set("hook", elsewhere, ADA), { code: "alert-secret-needed" });
  const kept = await stage.channels.set("hook", { kind: "webhook", settings: { url: "https://hook.example/b" } }, ADA);
  assert.equal(kept.sealed, sealed);
  assert.equal((await stage.channels.set("hook", { ...elsewhere, secret: null }, ADA)).sealed, null);
  stage.store.alertChannels.put({ ...kept, name: "stolen" });
  await assert.rejects(stage.channels.test("stolen", new AbortController().signal), {
    code: "alert-secret-unreadable",
  });
});
