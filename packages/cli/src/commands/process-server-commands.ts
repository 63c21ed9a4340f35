import type { Server } from "@leeward/api";
import { allPages } from "@leeward/api/plain";
import type { Command } from "commander";
import { plainBytes, plainLimit, plainTime } from "../human-text.ts";
import { type ProgramState, serverCommand } from "../leaf-command.ts";
import { fieldsOf, printDocument, printList } from "../output.ts";
import { requireName } from "../required-argument.ts";
import { BANDWIDTH_HELP, settingsOf } from "../setting-arguments.ts";

/** Adds `list` and `set` to the `process-server` command, whose other subcommand belongs to the daemon itself. */
export function addProcessServerCommands(processServer: Command, state: ProgramState): void {
  serverCommand(state, processServer.command("list").description("list process servers"), async (context) => {
    const client = await context.client();
    const { items } = await allPages((page) => client.listServers({ query: page }));
    const list = { items: items.filter(({ role }) => role === "process-server") };
    printList(context, list, {
      NAME: (item) => item.name,
      STATE: (item) => item.state,
      ADDRESS: (item) => item.address ?? "unknown",
      "CACHE FREE": (item) => plainBytes(item.freeBytes),
      "LIMIT NOW": (item) => plainLimit(item.bandwidth),
      "LAST SEEN": (item) => plainTime(item.lastSeen),
    });
  });

  serverCommand(
    state,
    processServer.command("set <server> <settings...>").description(`change what is set for it: ${BANDWIDTH_HELP}`),
    async (context, args) => {
      const client = await context.client();
      const call = { params: { server: requireName(args, 0) }, body: settingsOf(args.slice(1), ["bandwidth"]) };
      printDocument(context, await client.setServer(call), describe);
    },
  );
}

/** Adds `list` to the `master-target` command, whose other subcommand belongs to the daemon itself. */
export function addMasterTargetCommands(masterTarget: Command, state: ProgramState): void {
  serverCommand(state, masterTarget.command("list").description("list master targets"), async (context) => {
    const client = await context.client();
    const { items } = await allPages((page) => client.listServers({ query: page }));
    const list = { items: items.filter(({ role }) => role === "master-target") };
    printList(context, list, {
      NAME: (item) => item.name,
      STATE: (item) => item.state,
      ADDRESS: (item) => item.address ?? "unknown",
      FREE: (item) => plainBytes(item.freeBytes),
      STORE: (item) => (item.store === null ? "" : `${item.store.place}${item.store.leased ? " (one writer)" : ""}`),
      "LOCKS KEPT BY STORE": ({ store }) => (store === null ? "" : lockText(store.heldLocks)),
      "REQUESTS PER GB": (item) => (item.store === null ? "" : (item.store.requestsPerGb?.toFixed(0) ?? "unknown")),
      "LAST SEEN": (item) => plainTime(item.lastSeen),
    });
  });
}

function lockText(locks: { readonly locks: number; readonly held: number } | null): string {
  return locks === null ? "none" : `${locks.held} of ${locks.locks}`;
}

function describe(server: Server): string {
  return fieldsOf({
    name: server.name,
    id: server.id,
    state: server.state,
    bandwidth: server.bandwidth?.schedule ?? "none",
    "limit now": plainLimit(server.bandwidth),
  });
}
