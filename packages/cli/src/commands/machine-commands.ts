import type { CardSettings, Machine, MachineChange, RecoveryChange } from "@leeward/api";
import { allPages } from "@leeward/api/plain";
import type { Command } from "commander";
import { CARD_HELP, cardsChanged, cardText } from "../card-arguments.ts";
import { plainBytes, plainLimit, plainTime } from "../human-text.ts";
import { type ProgramState, serverCommand } from "../leaf-command.ts";
import { fieldsOf, printDocument, printList } from "../output.ts";
import { requireName } from "../required-argument.ts";
import { AUTO_PROTECT_HELP, BANDWIDTH_HELP, CACHE_ACCOUNT_HELP, settingsOf } from "../setting-arguments.ts";
import { addMachineHistoryCommands } from "./history-commands.ts";
import { addPushCommands } from "./push-commands.ts";

/** `leeward machine …`: what is protected, by machine. */
export function addMachineCommands(program: Command, state: ProgramState): void {
  const machine = program.command("machine").description("protected machines");

  serverCommand(state, machine.command("list").description("list machines"), async (context) => {
    const client = await context.client();
    printList(context, await allPages((page) => client.listMachines({ query: page })), COLUMNS);
  });

  serverCommand(state, machine.command("show <machine>").description("show one machine"), async (context, args) => {
    const client = await context.client();
    printDocument(context, await client.showMachine({ params: { machine: requireName(args, 0) } }), describe);
  });

  serverCommand(
    state,
    machine
      .command("set <machine> <settings...>")
      .description(`change what is set for a machine: ${BANDWIDTH_HELP}; ${AUTO_PROTECT_HELP}; ${CACHE_ACCOUNT_HELP}`),
    async (context, args) => {
      const client = await context.client();
      const call = {
        params: { machine: requireName(args, 0) },
        body: machineChangeOf(args.slice(1)),
      };
      printDocument(context, await client.setMachine(call), describe);
    },
  );

  serverCommand(
    state,
    machine
      .command("recovery <machine> [settings...]")
      .description(
        "change how a machine is made at its master target: host=qemu|libvirt|none cpus=4 memoryMib=8192 firmware=bios|uefi diskBus=virtio bootDisk=NAME network=bridge:br0 testNetwork=isolated; `cpus=` goes back to what the source has",
      )
      .option("--nic <n:settings>", `in planned and unplanned failovers, ${CARD_HELP}`, gathered)
      .option(
        "--test-nic <n:settings>",
        "the same in tests and drills, whose network cards are settled apart",
        gathered,
      ),
    async (context, args, options) => {
      const client = await context.client();
      const params = { machine: requireName(args, 0) };
      const change = recoveryOf(args.slice(1));
      const [nics, testNics] = [options.texts("nic"), options.texts("testNic")];
      const { answer, tag } = await client.tagged("showMachine", { params });
      const { recovery } = answer;
      const cards = {
        ...(nics.length === 0 ? {} : { nics: cardsChanged(recovery.nics, nics) }),
        ...(testNics.length === 0 ? {} : { testNics: cardsChanged(recovery.testNics, testNics) }),
      };
      // Cards are sent as a whole, made of those that were read: what somebody else changed since is not written over.
      const seen = tag === null || Object.keys(cards).length === 0 ? {} : { ifMatch: tag };
      printDocument(context, await client.setRecovery({ params, body: { ...change, ...cards } }, seen), describe);
    },
  );

  addPushCommands(machine, state);
  addMachineHistoryCommands(machine, state);
  serverCommand(
    state,
    machine
      .command("remove <machine>")
      .description("remove a machine and revoke its certificate; its points stay unless asked")
      .option("--delete-points", "also delete every recovery point of the machine"),
    async (context, args, options) => {
      const client = await context.client();
      const call = { params: { machine: requireName(args, 0) }, query: { deletePoints: options.flag("deletePoints") } };
      printDocument(context, await client.removeMachine(call), (item) => `Removed ${item.name}.`);
    },
  );
}

const COLUMNS = {
  NAME: (item: Machine) => item.name,
  STATE: (item: Machine) => item.state,
  DISKS: (item: Machine) => String(item.disks.length),
  VERSION: (item: Machine) => item.agentVersion ?? "",
  "LAST SEEN": (item: Machine) => plainTime(item.lastSeen),
  ID: (item: Machine) => item.id,
};

const RECOVERY_NUMBERS = ["cpus", "memoryMib"] as const;
const RECOVERY_WORDS = ["host", "firmware", "diskBus", "bootDisk", "network", "testNetwork"] as const;

/** Nothing after the `=` goes back to what the source is; what the values may be is the server's to say. */
function recoveryOf(args: readonly string[]): RecoveryChange {
  const given = settingsOf(args, [...RECOVERY_NUMBERS, ...RECOVERY_WORDS]);
  const change = Object.entries(given).map(([key, value]) => {
    if (value === "") return [key, null];
    const isNumber = RECOVERY_NUMBERS.some((each) => each === key) && Number.isFinite(Number(value));
    return [key, isNumber ? Number(value) : value];
  });
  // oxlint-disable-next-line typescript/no-unsafe-return -- which values there are is the server's to say
  return Object.fromEntries(change);
}

function describe(machine: Machine): string {
  return fieldsOf({
    name: machine.name,
    id: machine.id,
    state: machine.state,
    epoch: String(machine.epoch),
    "agent version": machine.agentVersion ?? "unknown",
    "last seen": plainTime(machine.lastSeen),
    bandwidth: `${machine.bandwidth.schedule}${machine.bandwidth.timeZone === null ? "" : ` (${machine.bandwidth.timeZone})`}`,
    "limit now": plainLimit(machine.bandwidth),
    "auto-protect": autoProtectOf(machine),
    "data go": dataWayOf(machine),
    recovery: recoveryText(machine),
    disks: machine.disks.map((disk) => `${disk.name} (${disk.state})`).join(", ") || "none",
  });
}

function machineChangeOf(args: readonly string[]): MachineChange {
  const { cacheBytesMax, ...rest } = settingsOf(args, [
    "bandwidth",
    "autoProtect",
    "exclude",
    "cacheAccount",
    "cacheBytesMax",
  ]);
  // What is no number is the server's to refuse, as one that is out of bounds.
  return { ...rest, ...(cacheBytesMax !== undefined && { cacheBytesMax: Number(cacheBytesMax) }) };
}

function dataWayOf({ cacheAccount: account }: Machine): string {
  if (account === null) return "straight to process servers";
  const waiting = `${plainBytes(account.waitingBytes)} of at most ${plainBytes(account.bytesMax)} waiting there`;
  const requests = account.requestsPerGb === null ? "" : `, ${Math.round(account.requestsPerGb)} requests per GB`;
  return `through ${account.storeUrl}, ${waiting}${requests}`;
}

function gathered(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function recoveryText({ recovery: { nics, testNics, ...recovery } }: Machine): string {
  const words = Object.entries(recovery).flatMap(([key, value]) => (value === null ? [] : [`${key}=${value}`]));
  const settled = [...words, ...cardTexts("nic", nics), ...cardTexts("test-nic", testNics)];
  return settled.length === 0 ? "as its source" : settled.join(" ");
}

function cardTexts(name: string, cards: readonly CardSettings[] | null): string[] {
  return (cards ?? []).map(cardText).flatMap((text, index) => (text === "" ? [] : [`${name}=${index}:${text}`]));
}

function autoProtectOf({ autoProtect: { policy, exclude } }: Machine): string {
  if (policy === null) return "off";
  return exclude.length === 0 ? policy : `${policy}, except ${exclude.join(", ")}`;
}
