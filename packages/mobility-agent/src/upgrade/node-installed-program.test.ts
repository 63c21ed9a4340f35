// On real files, with the script that a release starts everything by; in the place of the runtime stands one that says who it is.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { openInstalledProgram, programIn } from "./node-installed-program.ts";

const execute = promisify(execFile);
const SCRIPT = new URL("../../../../release/files/leeward", import.meta.url);

async function programAt(folder: string, version: string): Promise<void> {
  await mkdir(`${folder}/bin`, { recursive: true });
  await writeFile(`${folder}/VERSION`, `${version}\n`);
  await writeFile(`${folder}/leeward`, (await readFile(SCRIPT, "utf8")).replace("@APP@", "app"));
  const check = `{"homeFormat":7}`;
  const runtime = `case "$*" in *--check*) echo '${check}' ;; *--version*) echo ${version} ;; *) echo "${version} of $LEEWARD_PROGRAM" ;; esac`;
  await writeFile(`${folder}/bin/node`, `#!/bin/sh\n${runtime}\n`);
  for (const name of ["leeward", "bin/node"]) await chmod(`${folder}/${name}`, 0o755);
}

async function given(t: TestContext): Promise<{ folder: string; archive: string; says(): Promise<string> }> {
  const root = await mkdtemp(join(tmpdir(), "leeward-program-"));
  t.after(() => rm(root, { recursive: true, force: true }));
  // The name of a folder above must not be taken for one of versions.
  const folder = `${root}/versions/agent`;
  await programAt(folder, "0.1.0");
  await programAt(`${root}/leeward-0.2.0-linux-x64/program`, "0.2.0");
  const archive = `${root}/leeward-0.2.0-linux-x64.tar.gz`;
  await execute("tar", ["-czf", archive, "-C", root, "leeward-0.2.0-linux-x64"]);
  await symlink(`${folder}/leeward`, `${root}/leeward`);
  return { folder, archive, says: async () => (await execute(`${root}/leeward`, ["agent"])).stdout.trim() };
}

void test("a version is unpacked, tried for this boot, kept or left again, and always called by the same name", async (t) => {
  const { folder, archive, says } = await given(t);
  const program = programIn(folder);
  const [before, after] = [`0.1.0 of ${folder}/leeward`, `0.2.0 of ${folder}/leeward`];
  assert.equal(await says(), before);
  await program.unpack(archive, "0.2.0");
  await program.unpack(archive, "0.2.0");
  assert.equal(await says(), before, "what runs is not touched");
  assert.deepEqual(await program.examine("0.2.0", "/h"), { version: "0.2.0", homeFormat: 7 });
  await program.tryOut("0.2.0");
  await program.tryOut("0.2.0");
  assert.equal(await says(), after);
  await program.prune();
  assert.equal(await says(), after, "what is on trial is not removed");
  await program.putBack();
  assert.equal(await says(), before);
  await symlink("versions/0.2.0", `${folder}/trial-of-another-boot`);
  assert.equal(await says(), before, "a trial is nothing in the next boot");
  await program.keep("0.2.0");
  assert.equal(await says(), after);
  assert.deepEqual((await readdir(folder)).toSorted(), ["VERSION", "bin", "current", "leeward", "versions"]);
  await program.prune();
  assert.equal(await says(), after, "what is kept is not removed");
});

void test("what is no release is not unpacked, and what was not installed has no versions", async (t) => {
  const { folder, archive, says } = await given(t);
  const program = programIn(folder);
  await assert.rejects(program.unpack(archive, "0.3.0"), { code: "upgrade-unfit" });
  await writeFile(archive, "no archive");
  await assert.rejects(program.unpack(archive, "0.2.0"), { code: "upgrade-unfit" });
  await assert.rejects(program.examine("0.2.0", "/h"), { code: "upgrade-unfit" });
  await program.prune();
  assert.deepEqual([await says(), await readdir(`${folder}/versions`)], [`0.1.0 of ${folder}/leeward`, []]);
  assert.equal(await openInstalledProgram({}), undefined);
  assert.equal(await openInstalledProgram({ LEEWARD_PROGRAM: "/nowhere/leeward" }), undefined);
  assert.equal((await openInstalledProgram({ LEEWARD_PROGRAM: `${folder}/leeward` }))?.folder, folder);
});
