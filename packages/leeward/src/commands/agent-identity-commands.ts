// Which machine this one is: its registration, what is wrong with it, and templates that have none.
import { Fault } from "@leeward/base";
import {
  absolutePath,
  type CliHost,
  type OptionValues,
  type ProgramState,
  plainCommand,
  printDocument,
} from "@leeward/cli";
import type { RegistrationFile } from "@leeward/mobility-agent";
import type { World } from "@leeward/world";
import type { Command } from "commander";
import { HOME_FLAG, HOME_TEXT, homeOf } from "./home-option.ts";

export function addRegisterCommand(agent: Command, state: ProgramState): void {
  const register = agent
    .command("register")
    .description("give this machine an identity, with a one-time token of the config server")
    .option("--server <url>", "the config server, https://host or https://host:port")
    .option("--token-file <file>", "the file that holds the token")
    .option(
      "--config <file>",
      "a file that says all of it, instead: server, token or tokenFile, name, protectable; what holds the token is removed afterwards",
    )
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
    const { registration: said, secrets } = await registrationOf(host, options);
    const registration = { ...said, newIdentity: options.flag("newIdentity") };
    const { registerAgent, removeUsed } = await import("@leeward/mobility-agent");
    using _lock = await lockOf(home);
    const { id, name } = await registerAgent(host.world, { home, registration }, host.signal);
    for (const fault of await removeUsed(host.files, secrets))
      host.stderr.write(`warning: what holds the token, which was used, could not be removed: ${fault.message}\n`);
    printDocument(
      context,
      { machine: id, name, home, server: registration.server },
      () => `Registered as ${name} (${id}). Start it with \`leeward agent start --home ${home}\`.`,
    );
  });
}

/** What the command line says, or the file that it names. @throws Fault `usage-invalid`, `registration-invalid` */
async function registrationOf(
  host: CliHost,
  options: OptionValues,
): Promise<Pick<RegistrationFile, "registration" | "secrets">> {
  const { readRegistrationFile } = await import("@leeward/mobility-agent");
  const { hostName } = await import("@leeward/daemon");
  const [config, server, tokenFile, name] = ["config", "server", "tokenFile", "name"].map((key) => options.text(key));
  const protectable = options.texts("protectable").map((path) => absolutePath(host, path));
  if (config !== undefined) {
    if (server !== undefined || tokenFile !== undefined || name !== undefined || protectable.length > 0)
      throw usageInvalid("--config says all of it: no --server, --token-file, --name or --protectable beside it");
    return readRegistrationFile(host.files, absolutePath(host, config), hostName());
  }
  if (server === undefined || tokenFile === undefined)
    throw usageInvalid("--server and --token-file are needed, or --config");
  const registration = {
    server: server.replace(/\/+$/, ""),
    tokenFile: absolutePath(host, tokenFile),
    name: name ?? hostName(),
    protectable,
  };
  return { registration, secrets: [] };
}

function usageInvalid(why: string): Fault {
  return new Fault({
    code: "usage-invalid",
    kind: "operator",
    message: `${why}.`,
    remedy: "See `leeward agent register --help`.",
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
    const { forgetDiskIn, forgetIdentity, nextIdentityFolder } = await import("@leeward/mobility-agent");
    using _lock = await lockOf(home);
    const machine = await machineOf(context.host.world, home);
    await forgetIdentity(files, home, (diskId) => forgetDiskIn(home, diskId));
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

/** No agent runs in the home meanwhile. @throws Fault `home-in-use` */
export async function lockOf(home: string): Promise<Disposable> {
  const { lockHome } = await import("@leeward/daemon");
  return lockHome(home);
}

async function machineOf(world: World, home: string): Promise<string | null> {
  if ((await world.files.status(`${home}/identity/certificate.pem`)) === undefined) return null;
  const { openKeyStore } = await import("../enrolment.ts");
  return (await openKeyStore(world, home)).identity?.id ?? null;
}
