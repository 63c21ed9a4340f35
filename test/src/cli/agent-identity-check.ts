import { mkdir, rm, writeFile } from "node:fs/promises";
import type { Chain } from "../harness/chain.ts";
import { fieldOf } from "../harness/shapes.ts";
import type { CommandCheck } from "./command-check.ts";

/** How a machine comes by an identity, and loses it. */
export async function checkAgentIdentity(check: CommandCheck, chain: Chain): Promise<void> {
  const token = await check.prints("token create", ["--role", "agent", "--home", chain.serverHome]);
  const tokenFile = `${chain.folder}/second.token`;
  await writeFile(tokenFile, String(fieldOf(token, "token")));
  const place = ["--server", chain.server?.ready.apiUrl ?? "", "--token-file", tokenFile];
  const second = ["--home", `${chain.folder}/second`];
  await check.prints("agent register", [...place, ...second, "--name", "second"]);
  const third = ["--home", `${chain.folder}/third`];
  await check.refuses("agent register", [...place, ...third, "--name", "third"], { exit: 4 });
  await check.refuses("agent register", third, { exit: 2, code: "usage-invalid" });
  await check.refuses("agent register", [...third, ...place, "--config", tokenFile], { exit: 2 });
  await check.refuses("agent register", [...third, "--config", tokenFile], { exit: 2, code: "registration-invalid" });
  // A snapshot that no hook removes keeps the machine: nobody else could.
  const folder = `${chain.folder}/second/disks/${"0d".repeat(16)}`;
  const snapshot = {
    snapshotId: "0a".repeat(16),
    diskId: "0d".repeat(16),
    diskName: "data",
    diskPath: "/dev/sdb",
    path: "",
  };
  await mkdir(folder, { recursive: true });
  await writeFile(
    `${folder}/snapshot.json`,
    JSON.stringify({ hook: "gone", machine: "second", limitMs: 1_000, ...snapshot }),
  );
  await check.refuses("agent unregister", second, { exit: 4, code: "machine-not-left" });
  await rm(`${folder}/snapshot.json`);
  await check.prints("agent unregister", second);
  await check.prints("agent prepare-image", second);
  await check.refuses("agent prepare-image", [], { exit: 2 });
}
