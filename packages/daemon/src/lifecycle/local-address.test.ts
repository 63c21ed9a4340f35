import assert from "node:assert/strict";
import { test } from "node:test";
import { localAddress } from "./local-address.ts";

test("a pipe's name follows from its path, however Windows' users spell that, and holds nothing that a pipe's may not", () => {
  const name = localAddress("C:/ProgramData/Leeward Büro/agent/stop.sock", true);
  assert.match(name, /^\\\\\.\\pipe\\leeward-[0-9a-f]{32}$/);
  assert.equal(localAddress("c:\\programdata\\leeward büro\\AGENT\\stop.sock", true), name);
  assert.notEqual(localAddress("C:/ProgramData/Leeward Büro/agent/metrics.sock", true), name);
  assert.equal(localAddress("/srv/agent/stop.sock", false), "/srv/agent/stop.sock");
});
