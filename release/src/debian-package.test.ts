// The script is run as dpkg runs it, in a folder in the place of the root; what it calls of the system does nothing there.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { packageScript } from "./package-script.ts";

const TOOLS = ["update-alternatives", "deb-systemd-helper", "deb-systemd-invoke", "systemctl"];

async function leftBy(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const root = mkdtempSync(join(tmpdir(), "leeward-postinst-"));
  try {
    const program = `${root}/usr/lib/leeward/agent`;
    for (const folder of [`${program}/versions/0.2.0`, `${program}/current`, `${program}/trial-1`, `${root}/bin`])
      mkdirSync(folder, { recursive: true });
    for (const tool of TOOLS) {
      writeFileSync(`${root}/bin/${tool}`, "#!/bin/sh\n");
      chmodSync(`${root}/bin/${tool}`, 0o755);
    }
    const text = packageScript("deb/postinst", { name: "agent" });
    writeFileSync(`${root}/postinst`, text.replaceAll(/(?<![\w@])\/(?=usr\/|run\/)/g, `${root}/`));
    const env = { PATH: `${root}/bin:/usr/bin:/bin`, ...environment };
    await promisify(execFile)("sh", [`${root}/postinst`, ...args], { env });
    return readdirSync(program).sort();
  } finally {
    rmSync(root, { recursive: true });
  }
}

void test("a package that is installed takes the place of what the agent put beside the one before", async () => {
  assert.deepEqual(await leftBy(["configure", ""]), []);
  assert.deepEqual(await leftBy(["configure", "0.1.0-1"]), []);
});

void test("what dpkg gave up, and what is only configured anew, leave the version that runs", async () => {
  const all = ["current", "trial-1", "versions"];
  for (const args of [
    ["abort-upgrade", "0.3.0-1"],
    ["abort-remove"],
    ["abort-deconfigure", "in-favour", "other", "1.0"],
  ])
    assert.deepEqual(await leftBy(args), all, args[0]);
  assert.deepEqual(await leftBy(["configure", "0.1.0-1"], { DEBCONF_RECONFIGURE: "1" }), all);
});
