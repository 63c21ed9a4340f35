import assert from "node:assert/strict";
import { test } from "node:test";
import { changedFields } from "./draft.ts";

const READ = { bandwidth: "none", policies: ["gold"], cpus: null as number | null };

test("only what was changed is sent, and what was changed back is not", () => {
  assert.deepEqual(changedFields(READ, { ...READ, policies: ["gold"] }), {});
  assert.deepEqual(changedFields(READ, { ...READ, cpus: 2, policies: [] }), { cpus: 2, policies: [] });
  assert.deepEqual(changedFields({ ...READ, cpus: 2 }, READ), { cpus: null });
});

test("over what somebody else has stored meanwhile lies what was typed, and nothing else", () => {
  const typed = changedFields(READ, { ...READ, cpus: 4 });
  const stored = { ...READ, bandwidth: "1MB/s", cpus: 8 };
  assert.deepEqual({ ...stored, ...typed }, { bandwidth: "1MB/s", policies: ["gold"], cpus: 4 });
  assert.deepEqual(changedFields(stored, { ...stored, ...typed }), { cpus: 4 });
});
