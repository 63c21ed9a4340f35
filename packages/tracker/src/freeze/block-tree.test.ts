import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Mount } from "./mount-table.ts";
import { BlockTree } from "./node-block-tree.ts";

// A server as sysfs tells it: sda with two partitions, of which the second belongs, with sdb, to an array (md0); on that a volume group with
// two volumes (dm-0 and dm-1), and in the second volume an encrypted one (dm-2). sdc has a loop device over it.
//
//   sda1   sda2   sdb       sdc
//            └─ md0 ┘        └─ loop0
//           dm-0  dm-1
//                 dm-2
const SYS = mkdtempSync(join(tmpdir(), "leeward-sys-"));
after(() => rmSync(SYS, { recursive: true }));

interface Device {
  readonly name: string;
  readonly id: string;
  readonly sectors: number;
  readonly start?: number;
  readonly slaves?: readonly string[];
  readonly backing?: string;
}

function add({ name, id, sectors, start, slaves = [], backing }: Device): void {
  const folder = start === undefined ? join(SYS, "block", name) : join(SYS, "block", name.slice(0, 3), name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "dev"), `${id}\n`);
  writeFileSync(join(folder, "size"), `${sectors}\n`);
  if (start !== undefined) writeFileSync(join(folder, "start"), `${start}\n`);
  else mkdirSync(join(folder, "slaves"));
  for (const slave of slaves) symlinkSync(join(SYS, "all", slave), join(folder, "slaves", slave));
  if (backing !== undefined) {
    mkdirSync(join(folder, "loop"));
    writeFileSync(join(folder, "loop", "backing_file"), `${backing}\n`);
  }
  for (const place of ["all", join("dev", "block")]) mkdirSync(join(SYS, place), { recursive: true });
  symlinkSync(folder, join(SYS, "all", name));
  symlinkSync(folder, join(SYS, "dev", "block", id));
}

add({ name: "sda", id: "8:0", sectors: 10_000 });
add({ name: "sda1", id: "8:1", sectors: 1000, start: 2048 });
add({ name: "sda2", id: "8:2", sectors: 6000, start: 4000 });
add({ name: "sdb", id: "8:16", sectors: 6000 });
add({ name: "md0", id: "9:0", sectors: 5900, slaves: ["sda2", "sdb"] });
add({ name: "dm-0", id: "253:0", sectors: 2000, slaves: ["md0"] });
add({ name: "dm-1", id: "253:1", sectors: 3000, slaves: ["md0"] });
add({ name: "dm-2", id: "253:2", sectors: 2900, slaves: ["dm-1"] });
add({ name: "sdc", id: "8:32", sectors: 100 });
add({ name: "loop0", id: "7:0", sectors: 50, backing: "/a file/that is gone (deleted)" });
add({ name: "loop1", id: "7:1", sectors: 0 });

function mount(device: string, kind: string, rest: Partial<Mount> = {}): Mount {
  return { id: 1, device, mountPoint: "/", kind, source: "none", options: ["rw"], ...rest };
}

function touched(device: string, mounts: readonly Mount[] = []): string[] {
  const tree = new BlockTree(mounts, { proc: "/proc", sys: SYS });
  return ["8:0", "8:1", "8:2", "8:16", "8:32", "9:0", "253:0", "253:1"].filter((target) => {
    const part = tree.partOf(target);
    assert.ok(part !== undefined);
    return tree.mayTouch(device, part);
  });
}

test("what lies on a partition touches it and its disk, and no other partition", () => {
  assert.deepEqual(touched("8:1"), ["8:0", "8:1"]);
  assert.deepEqual(touched("8:16"), ["8:16"]);
});

test("what lies on a whole disk touches its partitions", () => {
  assert.deepEqual(touched("8:0"), ["8:0", "8:1", "8:2"]);
});

test("what lies on a volume touches the disks beneath, through encryption and arrays, and no other volume", () => {
  assert.deepEqual(touched("253:0"), ["8:0", "8:2", "8:16", "9:0", "253:0"]);
  assert.deepEqual(touched("253:2"), ["8:0", "8:2", "8:16", "9:0", "253:1"]);
});

test("a partition is told by its place on its disk", () => {
  const tree = new BlockTree([], { proc: "/proc", sys: SYS });
  assert.deepEqual(tree.partOf("8:2"), { disk: "8:0", extent: { offset: 4000 * 512, length: 6000 * 512 } });
  assert.deepEqual(tree.partOf("253:0"), { disk: "253:0", extent: { offset: 0, length: 2000 * 512 } });
  assert.equal(tree.partOf("0:52"), undefined);
});

test("what cannot be found out may lie anywhere, and what has no device lies nowhere", () => {
  // The loop device's file cannot be opened; the devices of the btrfs are not told.
  assert.equal(touched("7:0").length, 8);
  assert.equal(touched("0:60", [mount("0:60", "btrfs", { source: "/dev/not-there" })]).length, 8);
  assert.deepEqual(touched("0:61", [mount("0:61", "tmpfs")]), []);
  assert.deepEqual(touched("7:1"), []);
});
