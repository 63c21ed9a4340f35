import { writeFile } from "node:fs/promises";
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
  await check.prints("agent unregister", second);
  await check.prints("agent prepare-image", second);
  await check.refuses("agent prepare-image", [], { exit: 2 });
}
