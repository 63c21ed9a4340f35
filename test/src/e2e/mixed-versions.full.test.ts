// Two releases in one installation: an agent of an older one with the servers of today, and the reverse. Until there is a release, the older one is the last commit
// that spoke another wire version.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { MiB } from "@leeward/base";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { BLOCK_BYTES, writeBlocks } from "../harness/image-writes.ts";
import { disksOf, pointOf } from "../harness/shapes.ts";

const execute = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
const WIRE_VERSION_FILE = "proto/src/wire-version.ts";
const MACHINE = "web";
const DISK_BYTES = 4 * MiB;

let folder = "";
let older = "";
/** A copy without its history cannot say what was before it. */
const commit = await olderCommit().catch(() => undefined);
const skip = commit === undefined ? "this copy has no history with an older release in it" : false;

before(async () => {
  if (commit === undefined) return;
  folder = await mkdtemp(join(tmpdir(), "leeward-older-"));
  older = await checkedOut(commit);
});

after(async () => {
  if (folder !== "") await rm(folder, { recursive: true, force: true });
});

test("an agent of an older release is protected by servers of today", { skip }, () =>
  protectsAndRecovers({ agentExecutable: `${older}/leeward` }),
);

test("servers of an older release protect an agent of today", { skip }, () =>
  protectsAndRecovers({ serverExecutable: `${older}/leeward` }),
);

async function protectsAndRecovers(of: {
  readonly agentExecutable?: string;
  readonly serverExecutable?: string;
}): Promise<void> {
  const chain = await Chain.start({ machine: MACHINE, ...of });
  try {
    const path = `${chain.sourceFolder}/disk.img`;
    const disk = randomBytes(DISK_BYTES);
    await writeFile(path, disk);
    await chain.run("disk", "protect", MACHINE, "--path", path, "--name", "disk", "--timeout", "100");
    const uri = await eventually("the disk is protected", async () => {
      const [found] = disksOf(await chain.run("disk", "status", MACHINE));
      return found?.state === "protected" ? (found.nbdUri ?? undefined) : undefined;
    });
    await writeBlocks(uri, disk, [0, 3, DISK_BYTES / BLOCK_BYTES - 1]);
    const { id } = pointOf(await chain.run("point", "create", MACHINE, "--timeout", "100"));
    const saved = `${chain.folder}/saved.img`;
    await chain.run("point", "save", MACHINE, "disk", "--at", id, "--to", saved, "--timeout", "100");
    assert.ok(disk.equals(await readFile(saved)), "the point is the disk");
    // Its sessions held all the while: nothing that was said was a mistake to the other.
    const [item] = disksOf(await chain.run("disk", "status", MACHINE));
    assert.deepEqual([item?.state, item?.faults], ["protected", []]);
  } finally {
    await chain.stop({ keep: false });
  }
}

/** The newest release that is not this one, else the last commit of another wire version. */
async function olderCommit(): Promise<string> {
  const tags = (await git("tag", "--list", "v*", "--merged", "HEAD^", "--sort=-version:refname")).split("\n");
  const [newest = ""] = tags;
  if (newest !== "") return newest;
  const changed = await git("log", "-1", "--format=%H", "-G", "^export const WIRE_VERSION = ", "--", WIRE_VERSION_FILE);
  return git("rev-parse", "--verify", "--quiet", `${changed}^`);
}

async function git(...args: readonly string[]): Promise<string> {
  return (await execute("git", ["-C", ROOT, ...args])).stdout.trim();
}

/** Its sources, with the libraries of this checkout: links between packages are relative, and lead to each other there. */
async function checkedOut(commitId: string): Promise<string> {
  const place = `${folder}/older`;
  await mkdir(place);
  await execute("sh", ["-c", `git -C "$1" archive "$2" | tar -x -C "$3"`, "sh", ROOT, commitId, place]);
  for (const name of ["node_modules", "tools/node_modules"]) await symlink(`${ROOT}/${name}`, `${place}/${name}`);
  const packages = (await readdir(`${place}/packages`)).map((name) => `packages/${name}`);
  for (const each of ["proto", ...packages]) {
    const from = `${ROOT}/${each}/node_modules`;
    await cp(from, `${place}/${each}/node_modules`, { recursive: true, verbatimSymlinks: true }).catch(
      (error: unknown) => {
        if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
      },
    );
  }
  await mkdir(`${place}/.leeward`);
  await writeFile(`${place}/.leeward/workspace.done`, "");
  return place;
}
