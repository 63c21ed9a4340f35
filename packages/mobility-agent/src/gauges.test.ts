import assert from "node:assert/strict";
import { test } from "node:test";
import { Metrics } from "@leeward/daemon";
import type { DiskStatus } from "@leeward/proto";
import { faultCounter, gauge } from "./gauges.ts";

function disk(diskId: string, codes: readonly string[]): DiskStatus {
  const faults = codes.map((code) => ({ code, kind: "transient" as const, message: "", sinceMicros: 0 }));
  const sequences = { writtenSequence: 10, cachedSequence: 7, journaledSequence: 4 };
  const bytes = { sizeBytes: 1, logBytes: 100, writtenBytes: 5 };
  return {
    diskId,
    state: "protected",
    capture: "splitter",
    nbdUri: "",
    branch: "",
    faults,
    stages: [],
    ...sequences,
    ...bytes,
  };
}

test("the disks' figures are summed, and each fault is counted once, when it begins", async () => {
  const metrics = new Metrics();
  let disks = [disk("a", []), disk("b", ["log-full"])];
  gauge(metrics, () => ({ disks }));
  const look = faultCounter(metrics);
  look({ disks });
  look({ disks });
  disks = [disk("a", ["log-full"]), disk("b", [])];
  look({ disks });
  disks = [disk("a", []), disk("b", ["log-full", "peer-lost"])];
  look({ disks });
  const text = await metrics.text();
  const lines = text.split("\n").filter((line) => line.startsWith("leeward_"));
  assert.ok(lines.includes("leeward_disks 2"));
  assert.ok(lines.includes("leeward_log_bytes 200"));
  assert.ok(lines.includes("leeward_unsent_records 6"));
  assert.ok(lines.includes("leeward_unjournaled_records 12"));
  assert.ok(lines.includes("leeward_disk_faults 2"));
  assert.ok(lines.includes('leeward_faults_total{code="log-full",kind="transient"} 3'));
  assert.ok(lines.includes('leeward_faults_total{code="peer-lost",kind="transient"} 1'));
});
