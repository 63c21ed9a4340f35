import assert from "node:assert/strict";
import { test } from "node:test";
import { MiB } from "@leeward/base";
import { bootTraceArguments, bootTraceAsked } from "./boot-line.ts";

const OURS = "trace_event=block:block_rq_complete trace_buf_size=16M";

test("what is asked for is known again, wherever it stands on the line", () => {
  for (const processors of [1, 2, 8, 9, 128, 4_096]) {
    const line = bootTraceArguments(processors).args.join(" ");
    assert.equal(bootTraceAsked(`BOOT_IMAGE=/vmlinuz root=LABEL=root ro ${line} quiet\n`), "ours");
  }
  assert.equal(bootTraceAsked("root=LABEL=root ro quiet"), "none");
  assert.equal(bootTraceArguments(2).args.join(" "), OURS);
});

test("many processors share a bounded memory", () => {
  assert.equal(bootTraceArguments(8).bytes, 128 * MiB);
  assert.equal(bootTraceArguments(64).bytes, 128 * MiB);
  // Less than 1 MiB for each would be lost at once.
  assert.equal(bootTraceArguments(1_024).bytes, 1_024 * MiB);
});

test("somebody else's trace is not taken for ours, nor ours beside it", () => {
  for (const more of [
    "trace_event=sched:*",
    "ftrace=function",
    "trace_clock=global",
    "trace_buf_size=1M",
    "tp_printk",
  ]) {
    assert.equal(bootTraceAsked(`quiet ${more}`), "foreign", more);
    assert.equal(bootTraceAsked(`quiet ${OURS} ${more}`), "foreign", more);
  }
  assert.equal(bootTraceAsked("trace_event=block:block_rq_complete"), "foreign");
});
