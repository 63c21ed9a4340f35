import { createHash } from "node:crypto";
import { allPages } from "@leeward/api/plain";
import { Fault } from "@leeward/base";
import { replaceFile } from "@leeward/world";
import type { Command } from "commander";
import { Option } from "commander";
import { durationSeconds } from "../duration.ts";
import { requireFresh } from "../fresh-file.ts";
import { plainTime } from "../human-text.ts";
import { absolutePath, type ProgramState, serverCommand } from "../leaf-command.ts";
import { printDocument, printList } from "../output.ts";
import { requireName } from "../required-argument.ts";
import { scopeArgument, scopeText } from "../scope-argument.ts";
import { addKeyCopyCommands } from "./key-commands.ts";

const ROLES = ["agent", "process-server", "master-target", "viewer", "operator", "administrator"] as const;

/** `leeward token …` and `leeward key …`: who may join, who may ask, and the key that opens every journal. */
export function addTrustCommands(program: Command, state: ProgramState): void {
  addTokens(program.command("token").description("tokens: to enrol once, or to use the API"), state);
  const key = program.command("key").description("the recovery key, which opens every journal");
  addKey(key, state);
  addKeyCopyCommands(key, state);
}

function addTokens(token: Command, state: ProgramState): void {
  const create = token
    .command("create")
    .description("create a token; as text it prints the token alone")
    .addOption(new Option("--role <role>", "what its bearer may be").choices([...ROLES]).makeOptionMandatory())
    .addOption(new Option("--ttl <duration>", "how long it is valid, such as 30m, 24h, 7d").argParser(durationSeconds))
    .option(
      "--machine <machine>",
      "of an agent: its host takes the place of this machine, which is failed over for good and whose source is lost",
    )
    .option("--scope <machines>", "limit a token of the API to machines, as machine=web,machine=db");
  serverCommand(state, create, async (context, _args, options) => {
    const client = await context.client();
    const role = ROLES.find((known) => known === options.text("role"));
    const ttlSeconds = options.number("ttl");
    if (role === undefined) throw roleUnknown(options.text("role") ?? "");
    const machine = options.text("machine");
    const scope = scopeArgument(options.text("scope"));
    const body = {
      role,
      ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
      ...(machine === undefined ? {} : { machine }),
      ...(scope === undefined ? {} : { scope }),
    };
    printDocument(context, await client.createToken({ body }), (made) => made.token);
  });

  serverCommand(state, token.command("list").description("list tokens, never their secrets"), async (context) => {
    const client = await context.client();
    printList(context, await allPages((page) => client.listTokens({ query: page })), {
      ID: (item) => item.id,
      ROLE: (item) => item.role,
      STATE: (item) => item.state,
      EXPIRES: (item) => plainTime(item.expiresAt),
      SCOPE: (item) => scopeText(item.scope),
      "USED BY": (item) => item.usedBy ?? "",
    });
  });

  const revoke = token
    .command("revoke <id>")
    .description("revoke a token, and the certificate of whoever enrolled with it");
  serverCommand(state, revoke, async (context, args) => {
    const client = await context.client();
    printDocument(
      context,
      await client.revokeToken({ params: { id: requireName(args, 0) } }),
      (item) => `Revoked ${item.id}.`,
    );
  });
}

/**
 * The order keeps the key from being lost: read it, write it durably where the operator wants it, read that back, and only then
 * ask the server to erase its own copy, proving by digest that this very key was kept.
 */
function addKey(key: Command, state: ProgramState): void {
  const exportKey = key
    .command("export")
    .description("write the private half of the recovery key to a file and erase it on the server; works once")
    .requiredOption("--to <file>", "the file, which must not exist");
  serverCommand(state, exportKey, async (context, _args, options) => {
    const { files } = context.host;
    const path = absolutePath(context.host, options.text("to") ?? "");
    await requireFresh(files, path);
    const client = await context.client();
    const exported = await client.exportRecoveryKey();
    const bytes = new TextEncoder().encode(exported.privateKeyPem);
    const separator = path.lastIndexOf("/");
    await replaceFile(files, path.slice(0, separator) || "/", path.slice(separator + 1), bytes);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const erased = await client.eraseRecoveryKey({ body: { sha256 } });
    printDocument(
      context,
      { keyId: exported.keyId, file: path, sha256, erasedAt: erased.erasedAt },
      () => `The recovery key ${exported.keyId} is in ${path}, and nowhere else. Keep it where this building is not.`,
    );
  });
}

function roleUnknown(role: string): Fault {
  return new Fault({
    code: "role-invalid",
    kind: "operator",
    message: `${JSON.stringify(role)} is not a role.`,
    remedy: "Use one of those that `leeward token create --help` lists.",
    detail: { role },
  });
}
