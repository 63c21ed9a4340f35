import { Fault } from "@leeward/base";
import { addUpgradeCommands, type ProgramState, plainCommand, printDocument } from "@leeward/cli";
import type { World } from "@leeward/world";
import type { Command } from "commander";
import { callAsMember } from "../member-call.ts";
import { readyFactsOf } from "../node-running-daemon.ts";
import { addPrepareImageCommand, addRegisterCommand, copyFaultOf, lockOf } from "./agent-identity-commands.ts";
import { addBootCommands } from "./boot-commands.ts";
import { CHECK_FLAG, CHECK_TEXT, HOME_FLAG, HOME_TEXT, homeOf } from "./home-option.ts";
import { addServiceCommands } from "./service-commands.ts";
import { addStopCommand } from "./stop-command.ts";
import { addFinishUpgrade } from "./upgrade-command.ts";

/** What the status says of the trace of the machine's start. */
const BOOT_TRACE_TEXT = {
  absent: " Its start was not traced: after a reboot every tracked disk is read anew (`leeward agent prepare-boot`).",
  recording: " Its start is traced, until the agent has read it.",
  released: " Its start was traced.",
} as const;

/** `leeward agent …`: the mobility agent of this machine. */
export function addAgentCommands(program: Command, state: ProgramState, executable: string): void {
  const agent = program.command("agent").description("the mobility agent of this machine");
  addRegisterCommand(agent, state);

  const start = agent
    .command("start")
    .description("start in the foreground; SIGTERM drains and ends it")
    .requiredOption(HOME_FLAG, HOME_TEXT)
    .option(CHECK_FLAG, CHECK_TEXT);
  plainCommand(state, start, async (context, _args, options) => {
    const home = homeOf(context.host, options);
    if (options.flag("check")) {
      const { checkSettings } = await import("../settings-check.ts");
      return checkSettings(context, { role: "agent", home, overrides: {} });
    }
    const { start: startAgent } = await import("@leeward/mobility-agent");
    await startAgent({ home, world: context.host.world });
  });

  addStopCommand(agent, state, "the agent");

  addStatus(agent, state);
  addUnregister(agent, state);
  addPrepareImageCommand(agent, state);
  addBootCommands(agent, state, executable);
  addFinishUpgrade(agent, state);
  addUpgradeCommands(agent, state);
  addServiceCommands(agent, state);
}

function addStatus(agent: Command, state: ProgramState): void {
  const status = agent
    .command("status")
    .description("whether the agent of a home runs")
    .requiredOption(HOME_FLAG, HOME_TEXT);
  plainCommand(state, status, async (context, _args, options) => {
    const home = homeOf(context.host, options);
    const store = await registered(context.host.world, home);
    const facts = await readyFactsOf(context.host, home);
    const { bootTraceState } = await import("@leeward/tracker");
    // Who may not read the kernel's trace cannot be told of it.
    const bootTrace = await bootTraceState().catch(() => null);
    const running = facts === undefined ? "stopped" : "running";
    const fault = await copyFaultOf(context.host.files, home);
    const document = { machine: store.id, state: running, pid: facts?.pid ?? null, bootTrace, fault };
    printDocument(
      context,
      document,
      (item) =>
        `Machine ${item.machine}: ${item.state}.${BOOT_TRACE_TEXT[item.bootTrace ?? "absent"]}${item.fault === null ? "" : ` ${item.fault.message} ${item.fault.remedy}`}`,
    );
  });
}

/** Has the config server forget this machine's certificate, and removes the identity here; disks and logs stay. */
function addUnregister(agent: Command, state: ProgramState): void {
  const unregister = agent
    .command("unregister")
    .description("leave: the server revokes this machine's certificate; recovery points stay")
    .requiredOption(HOME_FLAG, HOME_TEXT);
  plainCommand(state, unregister, async (context, _args, options) => {
    const { world } = context.host;
    const home = homeOf(context.host, options);
    if ((await readyFactsOf(context.host, home)) !== undefined) {
      throw new Fault({
        code: "agent-running",
        kind: "operator",
        message: `The agent of ${home} runs; it cannot leave while it protects disks.`,
        remedy: `Stop it first: leeward agent stop --home ${home}`,
        detail: { home },
      });
    }
    const identity = await registered(world, home);
    using _lock = await lockOf(home);
    const { openKeyStore } = await import("../enrolment.ts");
    const store = await openKeyStore(world, home);
    const { forgetDiskIn, leaveInstallation } = await import("@leeward/mobility-agent");
    await leaveInstallation({
      world,
      home,
      notAfterMicros: store.notAfterMicros ?? 0,
      forgetDisk: (diskId) => forgetDiskIn(home, diskId),
      tell: () => callAsMember({ world, home, store }, (client) => client.unregister()),
    });
    printDocument(
      context,
      { machine: identity.id, state: "unregistered" },
      (item) => `Machine ${item.machine} has left.`,
    );
  });
}

async function registered(world: World, home: string): Promise<{ id: string }> {
  const isEnrolled = (await world.files.status(`${home}/identity/certificate.pem`)) !== undefined;
  const { openKeyStore } = await import("../enrolment.ts");
  const identity = isEnrolled ? (await openKeyStore(world, home)).identity : undefined;
  if (identity !== undefined) return identity;
  const { notRegistered } = await import("@leeward/mobility-agent");
  throw notRegistered(home);
}
