import assert from "node:assert/strict";
import { test } from "node:test";
import type { Condition } from "../health/condition.ts";
import type { AlertRow } from "../store/alert-rows.ts";
import { ADA, type AlertStage, alertStage, machineCondition } from "../testing/node-alert-stage.ts";

const GAP = machineCondition("disk-gap");
const MINUTE = 60;

const busy = (measured: number): Condition =>
  machineCondition("process-server-cpu", { subjectKind: "server", machineId: null, measured, shows: false });
const standing = ({ store }: AlertStage): AlertRow[] => store.alerts.standing();
const allOf = ({ store }: AlertStage): AlertRow[] => [
  ...store.alerts.standing(),
  ...store.alerts.list({ state: "resolved" }, { limit: 100 }),
];
const kindsOf = ({ store }: AlertStage): string[] =>
  store.events
    .list({ order: "oldest", afterId: 0, sinceMicros: 0, severities: ["info", "warning", "critical"], limit: 1_000 })
    .map(({ kind }) => kind);

void test("an alert opens when its condition has held, is acknowledged, and resolves when it has not held; what comes later is another one", async (t) => {
  const stage = await alertStage(t);
  stage.said.conditions = [GAP];
  await stage.pass(55);
  assert.deepEqual(standing(stage), [], "a minute is not over");
  await stage.pass(10);
  const [alert] = standing(stage);
  assert.ok(alert !== undefined);
  assert.deepEqual([alert.rule, alert.severity, alert.subject], ["disk-gap", "warning", "web"]);
  stage.alerts.acknowledge(alert.id, { actor: ADA, note: "I look." });
  await stage.pass(MINUTE);
  const [seen] = standing(stage);
  assert.deepEqual([seen?.acknowledgedBy, seen?.note], ["Ada", "I look."]);
  stage.said.conditions = [];
  await stage.pass(295);
  assert.equal(standing(stage).length, 1);
  await stage.pass(10);
  assert.deepEqual(standing(stage), []);
  assert.throws(() => stage.alerts.acknowledge(alert.id, { actor: ADA, note: undefined }), { code: "alert-ended" });
  stage.said.conditions = [GAP];
  await stage.pass(65);
  assert.notEqual(standing(stage)[0]?.id, alert.id);
  assert.equal(standing(stage)[0]?.acknowledgedBy, null);
  assert.deepEqual(kindsOf(stage), ["alert-opened", "alert-acknowledged", "alert-resolved", "alert-opened"]);
});

void test("what swings around its threshold is one alert, and is as bad as it was at its worst until it was not for long", async (t) => {
  const stage = await alertStage(t);
  for (let round = 0; round < 20; round += 1) {
    stage.said.conditions = [busy(85)];
    await stage.pass(4 * MINUTE);
    stage.said.conditions = [busy(70)];
    await stage.pass(10);
  }
  assert.deepEqual(allOf(stage), [], "it never held for five minutes");
  stage.said.conditions = [busy(85)];
  await stage.pass(6 * MINUTE);
  for (let round = 0; round < 20; round += 1) {
    stage.said.conditions = [busy(70)];
    await stage.pass(4 * MINUTE);
    stage.said.conditions = [busy(round % 2 === 0 ? 97 : 85)];
    await stage.pass(30);
  }
  assert.deepEqual(
    allOf(stage).map(({ severity }) => severity),
    ["warning"],
  );
  stage.said.conditions = [busy(97)];
  await stage.pass(6 * MINUTE);
  const [worse] = standing(stage);
  assert.deepEqual([worse?.severity, worse?.noticeNumber], ["critical", 2]);
  stage.said.conditions = [busy(85)];
  await stage.pass(4 * MINUTE);
  assert.equal(standing(stage)[0]?.severity, "critical");
  await stage.pass(2 * MINUTE);
  assert.equal(standing(stage)[0]?.severity, "warning");
  stage.said.conditions = [busy(10)];
  await stage.pass(6 * MINUTE);
  assert.deepEqual(
    allOf(stage).map(({ resolvedMicros }) => resolvedMicros !== null),
    [true],
  );
});

void test("an alert opens as bad as its condition has been for the rule's time: one bad reading makes no critical alert", async (t) => {
  const stage = await alertStage(t);
  stage.said.conditions = [busy(81)];
  await stage.pass(290);
  assert.deepEqual(standing(stage), []);
  stage.said.conditions = [busy(96)];
  await stage.pass(15);
  assert.equal(standing(stage)[0]?.severity, "warning");
  await stage.pass(270);
  assert.deepEqual([standing(stage)[0]?.severity, standing(stage)[0]?.noticeNumber], ["warning", 1]);
  await stage.pass(15);
  assert.deepEqual(
    [standing(stage)[0]?.severity, standing(stage)[0]?.noticeNumber],
    ["critical", 2],
    "it has held now",
  );

  const other = await alertStage(t);
  other.said.conditions = [busy(96)];
  await other.pass(290);
  other.said.conditions = [busy(94)];
  await other.pass(10);
  other.said.conditions = [busy(96)];
  await other.pass(290);
  assert.equal(standing(other)[0]?.severity, "warning", "twice five minutes but for a moment");
  await other.pass(15);
  assert.equal(standing(other)[0]?.severity, "critical");
  assert.deepEqual(kindsOf(other), ["alert-opened", "alert-raised"]);

  const steady = await alertStage(t);
  steady.said.conditions = [busy(96)];
  await steady.pass(305);
  assert.deepEqual(kindsOf(steady), ["alert-opened"]);
  assert.equal(standing(steady)[0]?.severity, "critical");
});

void test("what was critical is a warning again once it has not been critical for long, also where it was nothing for moments of that", async (t) => {
  const stage = await alertStage(t);
  stage.said.conditions = [busy(97)];
  await stage.pass(6 * MINUTE);
  for (let round = 0; round < 2; round += 1) {
    stage.said.conditions = [busy(85)];
    await stage.pass(2 * MINUTE);
    stage.said.conditions = [];
    await stage.pass(20);
  }
  assert.equal(standing(stage)[0]?.severity, "critical");
  stage.said.conditions = [busy(97)];
  await stage.pass(5);
  stage.said.conditions = [busy(85)];
  await stage.pass(4 * MINUTE);
  stage.said.conditions = [];
  await stage.pass(30);
  assert.equal(standing(stage)[0]?.severity, "critical", "a critical reading begins the time anew");
  stage.said.conditions = [busy(85)];
  await stage.pass(MINUTE);
  assert.equal(standing(stage)[0]?.severity, "warning");
});

void test("an alert that stands says what its condition says now, and whose word it rests on; that is told to nobody, and not stored at each look", async (t) => {
  const stage = await alertStage(t);
  await stage.channels.set("hook", { kind: "webhook", settings: { url: "https://hook.example/" }, secret: null }, ADA);
  let writes = 0;
  stage.store.onWrite((table) => (writes += table === "alerts" ? 1 : 0));
  const begun = stage.nowMicros();
  const old = (): Condition => {
    const message = `The newest point of web is ${(stage.nowMicros() - begun) / 1_000_000 + 3_600} s old.`;
    return machineCondition("no-recent-point", { severity: "critical", measured: 61, message });
  };
  stage.said.conditions = [old()];
  await stage.pass(MINUTE);
  const [opened] = standing(stage);
  assert.deepEqual([opened?.message, writes], ["The newest point of web is 3600 s old.", 1]);
  for (let seconds = 0; seconds < 1_000; seconds += 5) {
    stage.said.conditions = [old()];
    await stage.pass(5);
  }
  const [now] = standing(stage);
  const age = Number(/is (\d+) s old/.exec(now?.message ?? "")?.[1]);
  const ageNow = (stage.nowMicros() - begun) / 1_000_000 + 3_600;
  assert.ok(ageNow - age <= 70, `it says ${age} s, and is ${ageNow} s`);
  assert.ok(writes <= 17, `${writes} writes in 1000 s`);
  assert.deepEqual([now?.id, now?.changedMicros, now?.noticeNumber], [opened?.id, opened?.changedMicros, 1]);
  assert.deepEqual([kindsOf(stage), stage.got.length], [["alert-channel-set", "alert-opened"], 1]);
  // Whose word counts is known at once: what rests on another server does not resolve by the one before.
  stage.said.conditions = [{ ...old(), restsOn: ["another"] }];
  await stage.pass(5);
  assert.deepEqual(standing(stage)[0]?.restsOn, ["another"]);
});

void test("who took on a warning has not taken on what it becomes", async (t) => {
  const stage = await alertStage(t);
  stage.said.conditions = [machineCondition("disk-fault", { severity: "warning" })];
  await stage.pass(65);
  const [alert] = standing(stage);
  stage.alerts.acknowledge(alert?.id ?? "", { actor: ADA, note: undefined });
  stage.said.conditions = [machineCondition("disk-fault", { severity: "critical" })];
  await stage.pass(65);
  assert.deepEqual([standing(stage)[0]?.id, standing(stage)[0]?.acknowledgedBy], [alert?.id, null]);
});

void test("a restart neither forgets an alert, nor opens it again, nor ends it before who it rests on was heard", async (t) => {
  let stage = await alertStage(t);
  stage.said.conditions = [GAP];
  await stage.pass(65);
  const before = standing(stage);
  stage = stage.restart();
  await stage.pass(10 * MINUTE);
  assert.deepEqual(standing(stage), before);
  stage = stage.restart();
  stage.said.isOnline = false;
  stage.said.conditions = [];
  await stage.pass(60 * MINUTE);
  assert.deepEqual(standing(stage), before, "that nobody says it is no news");
  stage.said.isOnline = true;
  await stage.pass(6 * MINUTE);
  assert.deepEqual(standing(stage), []);
});

void test("a rule's thresholds and whether it counts are as they are set, and what is measured counts alone", async (t) => {
  const stage = await alertStage(t);
  const away = (measured: number) => machineCondition("machine-offline", { severity: "critical", measured });
  stage.said.isOnline = false;
  stage.said.conditions = [away(14.9)];
  await stage.pass(MINUTE);
  assert.deepEqual(standing(stage), [], "the status shows it, but a quarter of an hour is not over");
  stage.said.conditions = [away(15)];
  await stage.pass(5);
  assert.equal(standing(stage)[0]?.severity, "critical");
  stage.store.alertRules.put("machine-offline", { enabled: false });
  await stage.pass(5);
  assert.deepEqual(standing(stage), []);
  stage.store.alertRules.put("machine-offline", { enabled: true, warning: 1, critical: null });
  await stage.pass(5);
  assert.equal(standing(stage)[0]?.severity, "warning");
  const left = (measured: number) => machineCondition("certificate-ending", { subject: "db", measured });
  for (const [days, severity] of [
    [31, undefined],
    [29, "warning"],
    [6, "critical"],
  ] as const) {
    stage.said.conditions = [left(days)];
    await stage.pass(5);
    assert.equal(standing(stage).find(({ subject }) => subject === "db")?.severity, severity);
  }
});

void test("what is only information is no alert, and of two conditions of one thing the worse one counts", async (t) => {
  const stage = await alertStage(t);
  stage.said.conditions = [
    machineCondition("failed-over", { severity: "info" }),
    machineCondition("disk-full", { rule: "disk-fault" }),
    machineCondition("disk-full", { rule: "disk-fault", severity: "critical" }),
    machineCondition("disk-full", { rule: "disk-fault" }),
  ];
  await stage.pass(65);
  assert.deepEqual(
    standing(stage).map(({ rule, code, severity }) => [rule, code, severity]),
    [["disk-fault", "disk-full", "critical"]],
  );
  assert.deepEqual(stage.store.alerts.counts(), [{ rule: "disk-fault", severity: "critical", count: 1 }]);
});

void test("what was removed or is not protected any more has no alerts, though nobody is heard", async (t) => {
  const stage = await alertStage(t);
  const { store } = stage;
  const by = { createdMicros: 1, createdBy: "test", expiresMicros: null, note: null, machineId: null };
  for (const id of ["m", "p", "t"]) {
    store.tokens.insert({ id: `token ${id}`, role: "agent", ...by, secretDigest: id });
    const member = { id, role: "agent", name: id, publicKeyPem: "", tokenId: `token ${id}` } as const;
    store.members.insert({ ...member, enrolledMicros: 1, certificateEndMicros: 1 });
  }
  const servers = { processServerId: "p", masterTargetId: "t", policy: "default", keyId: "k", term: 1 };
  const disk = { id: "d", machineId: "m", name: "d", path: "/d", capture: "splitter", state: "protected" } as const;
  store.disks.insert({ ...disk, ...servers, createdMicros: 1 }, []);
  stage.said.isOnline = false;
  const ofMachine = { subjectId: "m", machineId: "m", restsOn: ["m"] };
  stage.said.conditions = [
    machineCondition("machine-offline", { ...ofMachine, measured: 20 }),
    machineCondition("disk-stopped", { ...ofMachine, subjectKind: "disk", subjectId: "d" }),
  ];
  await stage.pass(65);
  assert.equal(standing(stage).length, 2);
  stage.said.conditions = [];
  await stage.pass(MINUTE);
  assert.equal(standing(stage).length, 2);
  store.disks.setState("d", "kept", ["protected"]);
  await stage.pass(5);
  assert.deepEqual(
    standing(stage).map(({ rule }) => rule),
    ["machine-offline"],
  );
  store.members.remove("m", stage.nowMicros());
  await stage.pass(5);
  assert.deepEqual(standing(stage), []);
});
