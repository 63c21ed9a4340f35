import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { parseBandwidth } from "@leeward/daemon";
import { temporaryFolder } from "../testing/node-test-server.ts";
import { MIGRATIONS } from "./migrations.ts";
import { openStore } from "./store.ts";

void test("members of before bandwidths could be set have none, and one that is set is kept", async (t) => {
  const path = `${await temporaryFolder(t)}/state.db`;
  const old = new DatabaseSync(path);
  old.exec(MIGRATIONS[0] ?? "");
  old.exec(`
    INSERT INTO tokens (id, role, secret_digest, created_micros, created_by) VALUES ('t', 'agent', 'd', 1, 'x');
    INSERT INTO members (id, role, name, public_key_pem, enrolled_micros, token_id, certificate_end_micros, epoch)
      VALUES ('m', 'agent', 'web', 'p', 1, 't', 2, 1);
    PRAGMA user_version = 1;
  `);
  old.close();
  const limited = parseBandwidth("1MB/s; sat,sun unlimited");
  {
    using store = openStore(path);
    assert.deepEqual(store.members.byId("m")?.bandwidth, { bytesPerSecond: 0, windows: [] });
    store.members.setBandwidth("m", limited);
  }
  using again = openStore(path);
  assert.deepEqual(again.members.byId("m")?.bandwidth, limited);
});

void test("a policy of before tiers keeps all points for as long as it did", async (t) => {
  const path = `${await temporaryFolder(t)}/state.db`;
  openStore(path)[Symbol.dispose]();
  const old = new DatabaseSync(path);
  old.exec(`
    UPDATE policies SET settings = json_remove(json_set(settings, '$.retentionSeconds', 86400), '$.retention')
      WHERE name = 'default';
  `);
  old.close();
  using store = openStore(path);
  const { retention, retentionSeconds } = store.policies.byName("default")?.settings ?? {};
  assert.deepEqual([retention, retentionSeconds], ["1d:all", 86_400]);
});

void test("what a disk is captured by stays, and there is a third rung", async (t) => {
  const path = `${await temporaryFolder(t)}/state.db`;
  const old = new DatabaseSync(path);
  const rung = MIGRATIONS.findIndex((step) => step.includes("'rescan'"));
  for (const step of MIGRATIONS.slice(0, rung)) old.exec(step);
  old.exec(`
    PRAGMA user_version = ${rung};
    PRAGMA foreign_keys = OFF;
    INSERT INTO disks (id, machine_id, name, path, capture, policy, process_server_id, master_target_id, key_id, term, state, created_micros)
      VALUES ('s', 'm', 's', '/s', 'splitter', 'default', 'p', 't', 'k', 1, 'protected', 1),
             ('t', 'm', 't', '/t', 'tracker', 'default', 'p', 't', 'k', 1, 'protected', 2);
  `);
  old.close();
  openStore(path)[Symbol.dispose]();
  const opened = new DatabaseSync(path);
  const captures = opened.prepare("SELECT capture FROM disks ORDER BY id").all();
  assert.deepEqual(
    captures.map(({ capture }) => capture),
    ["splitter", "tracker"],
  );
  opened.exec("UPDATE disks SET capture = 'rescan' WHERE id = 't'");
  assert.throws(() => opened.exec("UPDATE disks SET capture = 'magic'"), /CHECK/);
  opened.close();
});

void test("what stood silenced is silenced by what it is of", async (t) => {
  const path = `${await temporaryFolder(t)}/state.db`;
  const old = new DatabaseSync(path);
  const silences = MIGRATIONS.findIndex((step) => step.includes("CREATE TABLE alert_silences"));
  for (const step of MIGRATIONS.slice(0, silences)) old.exec(step);
  const alert = (id: string, until: string, resolved: string): string =>
    `('${id}', '${id}', 'r', 'c', 'warning', 'machine', '', '', '[]', 1, ${until}, 1, 1, ${resolved})`;
  old.exec(`
    PRAGMA user_version = ${silences};
    INSERT INTO alerts (id, alert_key, rule, code, severity, subject_kind, message, remedy, rests_on, notice_number, silenced_until_micros,
      opened_micros, changed_micros, resolved_micros)
      VALUES ${alert("silent", "7", "NULL")}, ${alert("told", "NULL", "NULL")}, ${alert("gone", "7", "6")};
  `);
  old.close();
  using store = openStore(path);
  assert.deepEqual(
    ["silent", "told", "gone"].map((id) => store.alerts.byId(id)?.silencedUntilMicros),
    [7, null, null],
  );
});
