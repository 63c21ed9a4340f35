import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "@leeward/base";
import { endedBy } from "./first-fault.ts";

const faultOf = (code: string, cause?: unknown): Fault =>
  new Fault({ code, kind: "operator", message: `${code} happened`, remedy: "mend it", detail: { code }, cause });

const failing = (error: unknown) => async (): Promise<void> => {
  throw error;
};

test("what comes at the end comes once, after the work, also after one that failed; a fault of either is told", async () => {
  const done: string[] = [];
  const end = async (): Promise<void> => void done.push("end");
  await endedBy(async () => void done.push("work"), end);
  await assert.rejects(endedBy(failing(faultOf("first")), end), { code: "first" });
  await assert.rejects(
    endedBy(async () => void done.push("work"), failing(faultOf("second"))),
    { code: "second" },
  );
  assert.deepEqual(done, ["work", "end", "end", "work"]);
});

test("of two faults the first is told, and the second is a cause of it", async () => {
  const second = faultOf("second");
  const { message, remedy, kind } = faultOf("first");
  await assert.rejects(endedBy(failing(faultOf("first")), failing(second)), {
    ...{ code: "first", message, remedy, kind, detail: { code: "first" }, cause: second },
  });
  const root = new Error("root");
  await assert.rejects(endedBy(failing(faultOf("first", root)), failing(second)), (error) => {
    assert.ok(error instanceof Fault && error.cause instanceof AggregateError);
    assert.deepEqual([error.code, error.cause.errors], ["first", [root, second]]);
    return true;
  });
  const mistake = new TypeError("ours");
  await assert.rejects(endedBy(failing(mistake), failing(second)), mistake);
});
