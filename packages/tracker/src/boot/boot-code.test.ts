import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readSync, rmSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { MiB } from "@leeward/base";
import { attempt } from "../testing/loop-disk.ts";
import { DISK_HEAD_BYTES, mayHoldBootLoader } from "./boot-code.ts";

const SKIP =
  process.env["LEEWARD_REQUIRE_PEERS"] !== "1" && !attempt("sh", "-c", "command -v sfdisk")
    ? "sfdisk is not installed"
    : false;

function headOf(make: (file: string) => void): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "leeward-head-"));
  const file = join(folder, "disk");
  writeFileSync(file, "");
  truncateSync(file, 64 * MiB);
  try {
    make(file);
    const head = new Uint8Array(DISK_HEAD_BYTES);
    const fd = openSync(file, "r");
    readSync(fd, head, 0, head.length, 0);
    closeSync(fd);
    return head;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As sfdisk writes it. */
function tableOf(script: string): Uint8Array {
  return headOf((file) => {
    const path = `${process.env["PATH"]}:/usr/sbin:/sbin`;
    execFileSync("sfdisk", ["-q", file], { input: script, env: { ...process.env, PATH: path } });
  });
}

describe("what a boot loader may lie on", { skip: SKIP }, () => {
  test("data disks do not hold one, with a table of partitions or without", () => {
    const data = ["label: gpt\nsize=8M, type=linux\ntype=swap\n", "label: dos\nsize=8M, type=83\ntype=8e\n"];
    for (const script of data) assert.equal(mayHoldBootLoader(tableOf(script), 512), false, script);
    assert.equal(mayHoldBootLoader(new Uint8Array(DISK_HEAD_BYTES), 512), false);
    const ext4 = headOf((file) => execFileSync("/sbin/mkfs.ext4", ["-q", "-F", file]));
    assert.equal(mayHoldBootLoader(ext4, 512), false);
  });

  test("an EFI system partition, a BIOS boot partition, an active one and boot code are found", () => {
    const boots = [
      "label: gpt\nsize=8M, type=linux\ntype=uefi\n",
      "label: gpt\nsize=1M, type=21686148-6449-6E6F-744E-656564454649\n",
    ];
    boots.push(
      "label: gpt\ntype=bc13c2ff-59e6-4262-a352-b275fd6f7172\n",
      "label: dos\ntype=83, bootable\n",
      "label: dos\ntype=ef\n",
    );
    for (const script of boots) assert.equal(mayHoldBootLoader(tableOf(script), 512), true, script);
    const code = headOf((file) => {
      const fd = openSync(file, "r+");
      writeSync(fd, Buffer.from([0xeb, 0x63, 0x90]), 0, 3, 0);
      writeSync(fd, Buffer.from([0x55, 0xaa]), 0, 2, 510);
      closeSync(fd);
    });
    assert.equal(mayHoldBootLoader(code, 512), true);
  });

  test("a table that cannot be read may be anything", () => {
    const table = tableOf("label: gpt\ntype=linux\n");
    for (const at of [512, 512 + 72, 512 + 80, 512 + 84]) {
      const damaged = table.slice();
      damaged.fill(0xff, at, at + 4);
      assert.equal(mayHoldBootLoader(damaged, 512), true, String(at));
    }
    // Of a disk with larger blocks it lies elsewhere.
    assert.equal(mayHoldBootLoader(table, 4_096), true);
  });
});
