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
