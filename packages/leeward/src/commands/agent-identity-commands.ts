// Which machine this one is: its registration, what is wrong with it, and templates that have none.
import { absolutePath, type ProgramState, plainCommand, printDocument } from "@leeward/cli";
import { readFile, type World } from "@leeward/world";
import type { Command } from "commander";
import { HOME_FLAG, HOME_TEXT, homeOf } from "./home-option.ts";

export function addRegisterCommand(agent: Command, state: ProgramState): void {
  const register = agent
    .command("register")
    .description("give this machine an identity, with a one-time token of the config server")
    .requiredOption("--server <url>", "the config server, https://host or https://host:port")
    .requiredOption("--token-file <file>", "the file that holds the token")
    .requiredOption(HOME_FLAG, HOME_TEXT)
    .option("--name <name>", "what to call the machine; its hostname by default")
    .option(
      "--protectable <path...>",
      "disks, image files or folders that may be protected; none given means every one",
    )
    .option(
      "--new-identity",
      "give up the identity that the home has, and the history recorded under it: for a machine that was cloned from another",
    );
  plainCommand(state, register, async (context, _args, options) => {
    const { host } = context;
    const home = homeOf(host, options);
    const registration = {
      server: (options.text("server") ?? "").replace(/\/+$/, ""),
      name: options.text("name") ?? (await hostname(host.world)),
      tokenFile: absolutePath(host, options.text("tokenFile") ?? ""),
      protectable: options.texts("protectable").map((path) => absolutePath(host, path)),
      newIdentity: options.flag("newIdentity"),
    };
    const { registerAgent } = await import("@leeward/mobility-agent");
    using _lock = await lockOf(home);
    const { id, name } = await registerAgent(host.world, { home, registration }, host.signal);
    printDocument(
      context,
      { machine: id, name, home, server: registration.server },
      () => `Registered as ${name} (${id}). Start it with \`leeward agent start --home ${home}\`.`,
    );
  });
}

/** Makes a home one that can be copied as often as anybody likes. */
export function addPrepareImageCommand(agent: Command, state: ProgramState): void {
  const prepare = agent
    .command("prepare-image")
    .description("empty the home for a template of machines: no identity, no history; settings and hooks stay")
    .requiredOption(HOME_FLAG, HOME_TEXT);
  plainCommand(state, prepare, async (context, _args, options) => {
    const { files } = context.host;
    const home = homeOf(context.host, options);
    const { forgetIdentity, nextIdentityFolder } = await import("@leeward/mobility-agent");
    using _lock = await lockOf(home);
    const machine = await machineOf(context.host.world, home);
    await forgetDisks(files, home);
    await forgetIdentity(files, home);
    await files.removeFolder(nextIdentityFolder(home));
    await files.syncFolder(home);
    const left =
      machine === null ? "" : ` At its config server it is gone when it is removed: leeward machine remove ${machine}`;
    printDocument(context, { home, machine, state: "prepared" }, () => `${home} has no identity any more.${left}`);
  });
}

/** Why nothing that the home's agent records leaves this host; null when nothing keeps it. */
export async function copyFaultOf(
  files: World["files"],
  home: string,
): Promise<{ message: string; remedy: string } | null> {
  const { readHostNote } = await import("@leeward/mobility-agent");
  const copy = (await readHostNote(files, `${home}/identity`))?.copy;
  if (copy === undefined) return null;
  const remedy = "Stop the agent, and register this machine with `leeward agent register --new-identity`.";
  return { message: copy.message, remedy };
}

/** The kernel would note changes of tracked disks until the next boot, for an agent that does not come back. */
export async function forgetDisks(files: World["files"], home: string): Promise<void> {
  if ((await files.status(`${home}/disks`)) === undefined) return;
  const { forgetTracking } = await import("@leeward/tracker");
  for (const diskId of await files.list(`${home}/disks`)) await forgetTracking(diskId);
}

/** No agent runs in the home meanwhile. @throws Fault `home-in-use` */
async function lockOf(home: string): Promise<Disposable> {
  const { lockHome } = await import("@leeward/daemon");
  return lockHome(home);
}

async function machineOf(world: World, home: string): Promise<string | null> {
  if ((await world.files.status(`${home}/identity/certificate.pem`)) === undefined) return null;
  const { openKeyStore } = await import("../enrolment.ts");
  return (await openKeyStore(world, home)).identity?.id ?? null;
}

async function hostname(world: World): Promise<string> {
  return new TextDecoder().decode(await readFile(world.files, "/proc/sys/kernel/hostname", 4_096)).trim();
}
