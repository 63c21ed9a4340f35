import { createHash } from "node:crypto";
import type { ApiClient, Event } from "@leeward/api";
import { allPages } from "@leeward/api/plain";
import { EXIT_CODES } from "@leeward/base";
import type { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { Concluded } from "../conclusion.ts";
import { requireFresh } from "../fresh-file.ts";
import { plainBytes, plainTime } from "../human-text.ts";
import { absolutePath, type ProgramState, serverCommand } from "../leaf-command.ts";
import { printDocument, printList } from "../output.ts";

const FOLLOW_WAIT_SECONDS = 20;

/** `leeward status`, `leeward events`, and the config server's backup. */
export function addServerCommands(program: Command, state: ProgramState): void {
  const status = program.command("status").description("everything that needs a person; exit 1 if anything does");
  serverCommand(state, status, async (context) => {
    const client = await context.client();
    const list = await allPages((page) => client.status({ query: page }));
    printList(context, list, {
      SEVERITY: (item) => item.severity,
      WHAT: (item) => item.message,
      DO: (item) => item.remedy,
      SINCE: (item) => plainTime(item.since),
    });
    if (list.items.length > 0) throw new Concluded(EXIT_CODES.failed);
  });

  const events = program
    .command("events")
    .description("what happened, oldest first")
    .option("--since <time>", "none before this time (RFC 3339)")
    .option("--follow", "go on printing as they happen");
  serverCommand(state, events, async (context, _args, options) => {
    if (options.flag("follow")) await follow(context, options.text("since"));
    else await listOnce(context, options.text("since"));
  });
}

async function listOnce(context: CommandContext, since: string | undefined): Promise<void> {
  const client = await context.client();
  printList(
    context,
    await allPages((page) => client.listEvents({ query: { ...(since !== undefined && { since }), ...page } })),
    {
      TIME: (item) => plainTime(item.time),
      SEVERITY: (item) => item.severity,
      WHAT: (item) => item.message,
      WHO: (item) => item.actor,
    },
  );
}

async function follow(context: CommandContext, since: string | undefined): Promise<void> {
  const client = await context.client();
  const { signal, stdout } = context.host;
  let after: string | undefined;
  while (!signal.aborted) {
    const place = after === undefined ? (since === undefined ? {} : { since }) : { after };
    const query = { ...place, waitSeconds: FOLLOW_WAIT_SECONDS };
    for (const item of await newEvents(client, query, signal)) {
      stdout.write(`${context.json ? JSON.stringify(item) : describe(item)}\n`);
      after = String(item.id);
    }
  }
}

/** None when the wait was ended by a signal: whoever follows has seen enough. */
async function newEvents(client: ApiClient, query: EventQuery, signal: AbortSignal): Promise<readonly Event[]> {
  try {
    return (await client.listEvents({ query }, { signal })).items;
  } catch (error) {
    if (signal.aborted) return [];
    throw error;
  }
}

type EventQuery = { readonly after?: string; readonly since?: string; readonly waitSeconds: number };

function describe(event: Event): string {
  return `${plainTime(event.time)}  ${event.severity.padEnd(8)}  ${event.message}  (${event.actor})`;
}

/** Adds `backup` to the `config-server` command, whose other subcommands belong to the daemon itself. */
export function addBackupCommand(configServer: Command, state: ProgramState): void {
  const backup = configServer
    .command("backup")
    .description("write a consistent copy of the config server, without the recovery key, to a file on this machine")
    .requiredOption("--to <file>", "the file, which must not exist");
  serverCommand(state, backup, async (context, _args, options) => {
    const path = absolutePath(context.host, options.text("to") ?? "");
    const written = await writeBackup(context, path);
    printDocument(context, written, (item) => `Wrote ${plainBytes(item.bytes)} to ${item.file}.`);
  });
}

async function writeBackup(
  context: CommandContext,
  path: string,
): Promise<{ file: string; bytes: number; sha256: string }> {
  const { files } = context.host;
  const client = await context.client();
  const aside = `${path}.new`;
  await requireFresh(files, path);
  if ((await files.status(aside)) !== undefined) await files.remove(aside);
  const hash = createHash("sha256");
  let bytes = 0;
  await client.backup(async (stream) => {
    await using file = await files.open(aside, "create");
    for await (const chunk of stream) {
      await file.write([chunk], bytes);
      hash.update(chunk);
      bytes += chunk.length;
    }
    await file.datasync();
  });
  await files.rename(aside, path);
  await files.syncFolder(path.slice(0, path.lastIndexOf("/")) || "/");
  return { file: path, bytes, sha256: hash.digest("hex") };
}
