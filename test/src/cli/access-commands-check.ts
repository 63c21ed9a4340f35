import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { ApiClient } from "@leeward/api";
import { nodeTransport } from "@leeward/api/node";
import type { Chain } from "../harness/chain.ts";
import { fieldOf } from "../harness/shapes.ts";
import type { CommandCheck } from "./command-check.ts";

/** People: users, who is signed in, and what needs two of them. */
export async function checkAccessCommands(check: CommandCheck, chain: Chain): Promise<void> {
  const home = ["--home", chain.serverHome];
  const passwordFile = `${chain.folder}/ada.password`;
  await writeFile(passwordFile, "correct horse battery staple\n");
  const password = ["--password-file", passwordFile];
  await check.prints("user create", ["ada", "--role", "administrator", ...password, ...home]);
  await check.refuses("user create", ["Ada", "--role", "viewer", ...password, ...home], {
    exit: 4,
    code: "name-taken",
  });
  await check.refuses("user create", ["ben", "--role", "emperor", ...password, ...home], { exit: 2 });
  const everywhere = ["ben", "--role", "viewer", "--scope", "everywhere", ...password, ...home];
  await check.refuses("user create", everywhere, { exit: 2, code: "scope-invalid" });
  await check.prints("user list", home);
  await check.refuses("user list", ["too", "many", ...home], { exit: 2 });
  await check.prints("user show", ["ada", ...home]);
  await check.refuses("user show", ["nobody", ...home], { exit: 3, code: "user-unknown" });
  await check.prints("user set", ["ada", "--scope", "none", "--unlock", ...home]);
  await check.refuses("user set", ["ada", ...home], { exit: 2, code: "usage-invalid" });
  await checkSignIns(check, chain);
  await checkApprovals(check, chain);
  await check.prints("user remove", ["ada", ...home]);
  await check.refuses("user remove", ["ada", ...home], { exit: 3, code: "user-unknown" });
}

async function checkSignIns(check: CommandCheck, chain: Chain): Promise<void> {
  const home = ["--home", chain.serverHome];
  const caPem = await readFile(`${chain.serverHome}/ca.pem`, "utf8");
  const client = new ApiClient({ transport: nodeTransport({ url: chain.server?.ready.apiUrl ?? "", caPem }) });
  const { id } = await client.call("signIn", { body: { user: "ada", password: "correct horse battery staple" } });
  client.close();
  const listed = JSON.stringify(await check.prints("sign-in list", home));
  assert.ok(listed.includes(id));
  await check.refuses("sign-in list", ["too", "many", ...home], { exit: 2 });
  await check.prints("sign-in end", [id, ...home]);
  await check.refuses("sign-in end", [id, ...home], { exit: 3, code: "sign-in-unknown" });
}

async function checkApprovals(check: CommandCheck, chain: Chain): Promise<void> {
  const home = ["--home", chain.serverHome];
  await check.refuses("approval list", ["too", "many", ...home], { exit: 2 });
  await check.refuses("approval approve", ["nothing", ...home], { exit: 3, code: "approval-unknown" });
  await check.refuses("approval refuse", ["nothing", ...home], { exit: 3, code: "approval-unknown" });
  // Two who were made by a third: neither is the other.
  const [asks, decides] = [await bearer(check, chain, "asks"), await bearer(check, chain, "decides")];
  await check.refuses("installation set", ["secondPerson=maybe", ...home], { exit: 2 });
  await check.prints("installation set", ["secondPerson=on", ...home]);
  const off = ["secondPerson=off"];
  const needed = { exit: 4, code: "second-person-needed", env: asks } as const;
  await check.refuses("installation set", off, needed);
  await check.prints("approval refuse", [await newest(check, home), ...home]);
  await check.refuses("installation set", off, needed);
  const id = await newest(check, home);
  await check.refuses("approval approve", [id], { exit: 4, code: "approval-own", env: asks });
  await check.prints("approval approve", [id], { env: decides });
  await check.prints("installation set", off, { env: asks });
}

async function newest(check: CommandCheck, home: readonly string[]): Promise<string> {
  const items = fieldOf(await check.prints("approval list", home), "items");
  return String(fieldOf(Array.isArray(items) ? items[0] : undefined, "id"));
}

/** The environment of another administrator. */
async function bearer(check: CommandCheck, chain: Chain, name: string): Promise<NodeJS.ProcessEnv> {
  const made = await check.prints("token create", ["--role", "administrator", "--home", chain.serverHome]);
  const tokenFile = `${chain.folder}/${name}.token`;
  await writeFile(tokenFile, String(fieldOf(made, "token")));
  const place = { LEEWARD_SERVER: chain.server?.ready.apiUrl ?? "", LEEWARD_CA_FILE: `${chain.serverHome}/ca.pem` };
  return { ...place, LEEWARD_TOKEN_FILE: tokenFile };
}
