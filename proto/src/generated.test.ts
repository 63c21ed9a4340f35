import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

test("proto/generated is what the .proto files give", async () => {
  const script = join(import.meta.dirname, "../../scripts/src/proto.ts");
  const { stderr } = await promisify(execFile)(process.execPath, [script, "--check"]);
  assert.equal(stderr, "");
});
