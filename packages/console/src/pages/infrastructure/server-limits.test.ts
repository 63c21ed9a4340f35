import assert from "node:assert/strict";
import { test } from "node:test";
import type { AlertRule } from "@leeward/api";
import { limitsOf } from "./server-limits.ts";

const CPU: AlertRule = {
  name: "process-server-cpu",
  summary: "",
  unit: "percent",
  warning: 50,
  critical: 75,
  defaultWarning: 80,
  defaultCritical: 95,
  enabled: true,
};
const OFFLINE = { ...CPU, name: "master-target-offline", unit: "minutes", warning: null, critical: 5 };

void test("limits are the thresholds as they are set, as fractions and seconds", () => {
  assert.deepEqual(limitsOf("process-server", [CPU, OFFLINE]), { cpu: { warning: 0.5, critical: 0.75, bad: "above" } });
  assert.deepEqual(limitsOf("master-target", [CPU, OFFLINE]), {
    silentSeconds: { warning: null, critical: 300, bad: "above" },
  });
});

void test("a rule that is switched off, or has no threshold, sets no limit", () => {
  assert.deepEqual(limitsOf("process-server", [{ ...CPU, enabled: false }]), {});
  assert.deepEqual(limitsOf("process-server", [{ ...CPU, warning: null, critical: null }]), {});
});
