import type { Group, GroupPoint } from "@leeward/api";
import { allPages } from "@leeward/api/plain";
import type { Command } from "commander";
import { plainTime } from "../human-text.ts";
import { type ProgramState, positiveNumber, serverCommand } from "../leaf-command.ts";
import { fieldsOf, printDocument, printList } from "../output.ts";
import { requireName } from "../required-argument.ts";
import { timeRangeOf, timeRangeOptions } from "../time-range.ts";

/** `leeward group …`: machines whose recovery points are made at one moment. */
export function addGroupCommands(program: Command, state: ProgramState): void {
  const group = program.command("group").description("consistency groups: points of several machines at one moment");

  const set = group
    .command("set <group>")
    .description("make a group, or change it: the machines named are all its members")
    .requiredOption("--machine <machine>", "a member; said once for each", gathered, [])
    .option("--interval <seconds>", "seconds between points of the group", positiveNumber);
  serverCommand(state, set, async (context, args, options) => {
    const client = await context.client();
    const intervalSeconds = options.number("interval");
    const body = {
      machines: [...options.texts("machine")],
      ...(intervalSeconds === undefined ? {} : { intervalSeconds }),
    };
    printDocument(context, await client.setGroup({ params: { name: requireName(args, 0) }, body }), describe);
  });

  serverCommand(state, group.command("list").description("list groups"), async (context) => {
    const client = await context.client();
    printList(context, await allPages((page) => client.listGroups({ query: page })), {
      NAME: (item) => item.name,
      "POINT EVERY": (item) => `${item.intervalSeconds} s`,
      MEMBERS: (item) => item.members.map(({ name }) => name).join(", "),
    });
  });

  serverCommand(state, group.command("show <group>").description("show one group"), async (context, args) => {
    const client = await context.client();
    printDocument(context, await client.showGroup({ params: { name: requireName(args, 0) } }), describe);
  });

  const remove = group.command("remove <group>").description("remove a group; its machines and all points stay");
  serverCommand(state, remove, async (context, args) => {
    const client = await context.client();
    const removed = await client.removeGroup({ params: { name: requireName(args, 0) } });
    printDocument(context, removed, ({ name }) => `Removed ${name}.`);
  });

  addPoints(group, state);
}

function addPoints(group: Command, state: ProgramState): void {
  const command = group
    .command("points <group>")
    .description("list the group's points, oldest first, and who is missing in each");
  timeRangeOptions(command);
  serverCommand(state, command, async (context, args, options) => {
    const client = await context.client();
    const query = timeRangeOf(options);
    printList(
      context,
      await allPages((page) =>
        client.listGroupPoints({ params: { name: requireName(args, 0) }, query: { ...query, ...page } }),
      ),
      {
        TIME: (item) => plainTime(item.time),
        MACHINES: (item) => item.machines.map(({ name }) => name).join(", "),
        MISSING: missingOf,
        ID: (item) => item.id,
      },
    );
  });
}

/** A point of a group, for people. */
export function describeGroupPoint(point: GroupPoint): string {
  return fieldsOf({
    point: point.id,
    time: plainTime(point.time),
    consistency: point.consistency,
    machines: point.machines.map(({ name }) => name).join(", "),
    missing: missingOf(point),
  });
}

function missingOf({ missing, machines }: GroupPoint): string {
  const disks = machines.flatMap(({ name, missingDisks }) => missingDisks.map((disk) => `${name}/${disk}`));
  return [...missing.map(({ name }) => name), ...disks].join(", ") || "none";
}

function describe(group: Group): string {
  return fieldsOf({
    name: group.name,
    "point every": `${group.intervalSeconds} s`,
    members: group.members
      .map(({ name, state, address }) => `${name} (${state}, ${address ?? "no address yet"})`)
      .join(", "),
  });
}

function gathered(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
