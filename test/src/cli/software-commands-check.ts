import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import type { Chain } from "../harness/chain.ts";
import { fieldOf } from "../harness/shapes.ts";
import type { CommandCheck } from "./command-check.ts";
import { checkPushCommands } from "./push-commands-check.ts";

/** Longer than one part. */
const FILE_BYTES = 9_000_001;

/** Every command that brings software to machines. */
export async function checkSoftwareCommands(check: CommandCheck, chain: Chain): Promise<void> {
  await checkPushCommands(check, chain);
  await checkReleaseCommands(check, chain);
}

/** With a file that is a release's by its name alone. */
async function checkReleaseCommands(check: CommandCheck, chain: Chain): Promise<void> {
  const home = ["--home", chain.serverHome];
  const file = `${chain.folder}/leeward-0.0.7-linux-x64.tar.gz`;
  await writeFile(file, randomBytes(FILE_BYTES));
  const added = await check.prints("release add", [file, ...home]);
  assert.deepEqual(await check.prints("release list", home), added);
  const [item] = [fieldOf(added, "items")].flat();
  assert.equal(fieldOf(item, "bytes"), FILE_BYTES);
  assert.deepEqual(await check.prints("release add", [file, ...home]), added);
  await writeFile(file, "another");
  await check.refuses("release add", [file, ...home], { exit: 4, code: "release-file-exists" });
  await writeFile(`${chain.folder}/other.tar.gz`, "another");
  await check.refuses("release add", [`${chain.folder}/other.tar.gz`, ...home], {
    exit: 2,
    code: "release-file-invalid",
  });
  await check.refuses("release list", ["too", "many", ...home], { exit: 2 });
  await check.refuses("agent upgrade", home, { exit: 2, code: "upgrade-machines-invalid" });
  await check.refuses("agent upgrade", ["web", "--version", "0.0.8", ...home], { exit: 3, code: "release-unknown" });
  await check.refuses("agent upgrade", ["nobody", ...home], { exit: 3, code: "machine-unknown" });
  // It has a newer one.
  const upgraded = await check.prints("agent upgrade", ["web", "--version", "0.0.7", ...home]);
  await check.prints("agent show-upgrade", [String(fieldOf(upgraded, "job")), ...home]);
  await check.refuses("agent show-upgrade", ["nothing", ...home], { exit: 3, code: "job-unknown" });
  await check.refuses("agent finish-upgrade", ["--home", chain.agentHome], { exit: 4, code: "upgrade-not-installed" });
  const program = ["--home", "C:\\agent", "--program"];
  await check.prints("agent service-definition", [...program, "C:\\Program Files\\Leeward"]);
  await check.refuses("agent service-definition", [...program, "C:\\%a"], { exit: 2, code: "service-path-invalid" });
  const onlyThere = { exit: 4, code: "windows-needed" };
  await check.refuses("agent install-service", ["--config", `${chain.folder}/service.yaml`], onlyThere);
  await check.refuses("agent remove-service", ["--folder", chain.folder], onlyThere);
  await check.prints("release remove", ["0.0.7", ...home]);
  await check.refuses("release remove", ["0.0.7", ...home], { exit: 3, code: "release-unknown" });
}
