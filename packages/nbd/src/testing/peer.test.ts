import assert from "node:assert/strict";
import { test } from "node:test";
import { peer } from "./peer.ts";

test("a peer that is missing is a reason to skip, unless peers are required", () => {
  const before = process.env["LEEWARD_REQUIRE_PEERS"];
  try {
    delete process.env["LEEWARD_REQUIRE_PEERS"];
    assert.equal(peer("no-such-program").skip, "no-such-program is not installed");
    process.env["LEEWARD_REQUIRE_PEERS"] = "1";
    assert.equal(peer("no-such-program").skip, false);
    assert.equal(peer("sh").skip, false);
  } finally {
    if (before === undefined) delete process.env["LEEWARD_REQUIRE_PEERS"];
    else process.env["LEEWARD_REQUIRE_PEERS"] = before;
  }
});
