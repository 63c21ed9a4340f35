import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMounts, parseSwaps } from "./mount-table.ts";

test("a line of mountinfo is told with its escapes undone and the options of its file system", () => {
  const text = [
    "36 35 98:0 /mnt1 /mnt\\040two/\\303\\244 rw,noatime master:1 shared:7 - ext3 /dev/root rw,errors=continue",
    "37 35 0:52 / /sys/fs/bpf ro,nosuid - bpf none rw",
    "38 35 0:53 / /without - tmpfs none",
    "cut off",
    "",
  ].join("\n");
  assert.deepEqual(parseMounts(text), [
    {
      id: 36,
      device: "98:0",
      mountPoint: "/mnt two/ä",
      kind: "ext3",
      source: "/dev/root",
      options: ["rw", "errors=continue"],
    },
    { id: 37, device: "0:52", mountPoint: "/sys/fs/bpf", kind: "bpf", source: "none", options: ["rw"] },
    { id: 38, device: "0:53", mountPoint: "/without", kind: "tmpfs", source: "none", options: [""] },
  ]);
});

test("swap is told apart by partition and file, whatever its name holds", () => {
  const text = [
    "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority",
    "/dev/sda2                               partition\t999420\t\t0\t\t-2",
    "/swap\\040file\\040(deleted)                file\t\t1024\t\t0\t\t-3",
    "",
  ].join("\n");
  assert.deepEqual(parseSwaps(text), [
    { path: "/dev/sda2", isFile: false },
    { path: "/swap file (deleted)", isFile: true },
  ]);
});
