import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "@leeward/base";
import { Metrics, nodeTrace } from "../index.ts";

void test("a line is JSON with role, level, fields and the fault with its causes, and no secret", () => {
  const lines: string[] = [];
  const trace = nodeTrace({ role: "agent", level: "info", stream: { write: (line) => void lines.push(line) } });
  const fault = new Fault({
    code: "peer-lost",
    kind: "transient",
    message: "Gone.",
    detail: { token: "swordfish" },
    cause: new Error("reset"),
  });
  trace.debug("not said");
  trace.with({ disk: "d1" }).warn("Lost.", { fault, token: "swordfish" });
  assert.equal(lines.length, 1);
  assert.ok(!lines.join("").includes("swordfish"));
  const line: unknown = JSON.parse(lines[0] ?? "");
  assert.partialDeepStrictEqual(line, {
    level: "warn",
    role: "agent",
    disk: "d1",
    message: "Lost.",
    fault: { code: "peer-lost", kind: "transient", cause: { message: "reset" } },
  });
});

void test("metrics are what was counted, and what is read when somebody asks", async () => {
  const metrics = new Metrics();
  const count = metrics.counter({ name: "leeward_writes_total", help: "Writes", labels: ["disk"] });
  let depth = 1;
  metrics.gauge({ name: "leeward_depth", help: "Depth" }, () => depth);
  metrics.seconds({ name: "leeward_wait_seconds", help: "Waits" })(0.2);
  count(2, { disk: "d" });
  depth = 7;
  const text = await metrics.text();
  assert.match(text, /leeward_writes_total\{disk="d"\} 2/);
  assert.match(text, /leeward_depth 7/);
  assert.match(text, /leeward_wait_seconds_count 1/);
});
