import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import type { Chain } from "../harness/chain.ts";
import { fieldOf } from "../harness/shapes.ts";
import type { CommandCheck } from "./command-check.ts";

/** Every command of pushes, at a port where nobody listens; that they do what they say is for the tests of pushes. */
export async function checkPushCommands(check: CommandCheck, chain: Chain): Promise<void> {
  const home = ["--home", chain.serverHome];
  const passwordFile = `${chain.folder}/password`;
  await writeFile(passwordFile, "not a secret\n");
  const login = ["--user", "root", "--password-file", passwordFile, "--accept-host-key"];
  const server = ["--server", "https://127.0.0.1:1"];
  for (const kind of ["push", "upgrade", "uninstall"] as const) {
    const place = [`127.0.0.${kind.length}:1`, ...login, ...home];
    // Only who installs asks where machines find the server.
    const named = kind === "push" ? server : [];
    const begun = await check.prints(`machine ${kind}`, [...place, ...named, "--no-wait"]);
    const items = fieldOf(begun, "items");
    assert.ok(Array.isArray(items));
    await check.refuses(`machine ${kind}`, ["a:b:c@", ...login, ...home], { exit: 2, code: "push-argument-invalid" });
    await check.prints("machine show-push", [String(fieldOf(items[0], "id")), ...home]);
  }
  await check.refuses("machine push", ["127.0.0.9", "--user", "root", ...server, ...home], {
    exit: 2,
    code: "push-credentials-invalid",
  });
  await check.prints("machine pushes", home);
  await check.refuses("machine pushes", ["--home", `${chain.folder}/nowhere`], { exit: 5 });
  await check.refuses("machine show-push", ["0".repeat(32), ...home], { exit: 3, code: "push-unknown" });
}
