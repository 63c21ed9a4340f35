import type { Point } from "@leeward/api";
import { Fault } from "@leeward/base";
import type { Command } from "commander";
import { plainTime } from "../human-text.ts";
import { type ProgramState, serverCommand } from "../leaf-command.ts";
import { fieldsOf, printDocument } from "../output.ts";
import { requireName } from "../required-argument.ts";

/** `leeward point lock|unlock`: points that nothing deletes before their time. */
export function addPointLockCommands(point: Command, state: ProgramState): void {
  const lock = point
    .command("lock <machine> <id>")
    .description("keep a point from retention and deletion; a lock is never made shorter")
    .option("--until <time>", "when it ends by itself (RFC 3339)")
    .option("--forever", "until an administrator unlocks it")
    .option("--reason <text>", "why, for whoever finds it");
  serverCommand(state, lock, async (context, args, options) => {
    const client = await context.client();
    const [until, reason] = [options.text("until"), options.text("reason")];
    if ((until === undefined) !== options.flag("forever")) throw endOrForever();
    const params = { machine: requireName(args, 0), point: requireName(args, 1) };
    const body = { until: until ?? null, ...(reason === undefined ? {} : { reason }) };
    printDocument(context, await client.lockPoint({ params, body }), describeLock);
  });

  const unlock = point.command("unlock <machine> <id>").description("take a point's lock away (administrators)");
  serverCommand(state, unlock, async (context, args) => {
    const client = await context.client();
    const params = { machine: requireName(args, 0), point: requireName(args, 1) };
    printDocument(context, await client.unlockPoint({ params }), describeLock);
  });
}

function describeLock({ id, time, locked, lockedUntil }: Point): string {
  const until = lockedUntil === null ? "without end" : `until ${plainTime(lockedUntil)}`;
  return fieldsOf({ point: id, time: plainTime(time), locked: locked ? until : "no" });
}

function endOrForever(): Fault {
  return new Fault({
    code: "lock-end-invalid",
    kind: "operator",
    message: "A lock ends at a time, or it has no end.",
    remedy: "Say either --until TIME or --forever.",
  });
}
