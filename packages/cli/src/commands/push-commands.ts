import type { Job, Push, PushHost, PushKind, PushOrder } from "@leeward/api";
import { allPages } from "@leeward/api/plain";
import { EXIT_CODES, Fault, isFault } from "@leeward/base";
import { readFile } from "@leeward/world";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { CommandContext } from "../command-context.ts";
import { Concluded } from "../conclusion.ts";
import { waitForJob } from "../job-wait.ts";
import { absolutePath, type OptionValues, type ProgramState, serverCommand, timeoutOption } from "../leaf-command.ts";
import { fieldsOf, printDocument, printList, tableOf } from "../output.ts";
import { requireName } from "../required-argument.ts";

const SECRET_BYTES_MAX = 16_384;
const EPILOGUE = `
HOST is a name or address, or NAME:PORT. Passwords and keys are read from files, travel by TLS alone, and are kept sealed to the process server until the
push has ended. The exit code is 0 when it was done on every host, else 1.`;

const ABOUT: Readonly<Record<PushKind, string>> = {
  push: "install the agent on machines over SSH, from a process server near to them; what fails is taken back",
  upgrade: "bring the agents of machines to the newest package that the process server has, over SSH",
  uninstall: "take the agent off machines over SSH, with all that it kept there; their recovery points stay",
};

/** `leeward machine push|upgrade|uninstall|pushes`. */
export function addPushCommands(machine: Command, state: ProgramState): void {
  addPush(machine, state, "push");
  addPush(machine, state, "upgrade");
  addPush(machine, state, "uninstall");
  serverCommand(state, machine.command("pushes").description("list pushes, newest first"), async (context) => {
    const client = await context.client();
    printList(context, await allPages((page) => client.listPushes({ query: page })), COLUMNS);
  });
  const show = machine.command("show-push <id>").description("show a push: what was found there, and how it ended");
  serverCommand(state, show, async (context, args) => {
    const client = await context.client();
    printDocument(context, await client.showPush({ params: { id: requireName(args, 0) } }), described);
  });
}

function addPush(machine: Command, state: ProgramState, kind: PushKind): void {
  const command = machine
    .command(`${kind} <host...>`)
    .description(ABOUT[kind])
    .requiredOption("--user <name>", "the user to log in as: root, or one who may use sudo")
    .option("--key <file>", "the private key to log in with")
    .option("--passphrase-file <file>", "what the key is encrypted with")
    .option("--password-file <file>", "the password to log in with")
    .option("--sudo-password-file <file>", "what sudo asks for; the login's password when left out")
    .option("--jump <user@host>", "reach the hosts through this one, user@host or user@host:port")
    .option("--jump-host-key <fingerprint>", "its host key, SHA256:…")
    .addOption(hostKeyOption())
    .option("--accept-host-key", "believe the host key that is met first, show it, and hold the push to it")
    .option("--process-server <server>", "which process server does it")
    .option("--no-wait", "do not wait until it is done")
    .addOption(timeoutOption())
    .addHelpText("after", EPILOGUE);
  if (kind !== "uninstall") {
    command.option("--package-version <version>", "which version, when not the newest that the process server has");
    command.option(
      "--start-command <command>",
      "where there is no systemd: what starts the agent, as root; nothing then starts it after a reboot",
    );
  }
  if (kind === "push") {
    command.option("--name <name>", "what to call the machine; its hostname by default; of one host alone");
    command.option(
      "--protectable <path...>",
      "disks, image files or folders that may be protected; none given means every one",
    );
    command.option(
      "--server <url>",
      "as machines reach the config server, https://host:port; what it advertises by default",
    );
  }
  serverCommand(state, command, async (context, args, options) => {
    const client = await context.client();
    const { items } = await client.pushAgents({ body: await orderOf(context, kind, { args, options }) });
    const pushes = items.map(({ push }) => push);
    // Commander gives `--no-wait` as a `wait` that is false.
    const waits = options.flag("wait");
    const ended = waits ? await followed(context, items, options.number("timeout")) : pushes;
    printDocument(context, { items: ended }, (list) =>
      [tableOf(list.items, COLUMNS), ...list.items.flatMap(notesOf)].join("\n"),
    );
    if (ended.some((push) => push.state === "failed")) throw new Concluded(EXIT_CODES.failed);
  });
}

function hostKeyOption(): Option {
  const gathered = (text: string, before: readonly string[] = []): readonly string[] => {
    if (!/^([^=]+=)?SHA256:[A-Za-z0-9+/]{43}$/.test(text))
      throw new InvalidArgumentError("It is not SHA256:… as `ssh-keygen -l` has it, nor HOST=SHA256:….");
    return [...before, text];
  };
  return new Option(
    "--host-key <fingerprint>",
    "the host key, SHA256:…; of several hosts HOST=SHA256:…, once for each",
  ).argParser(gathered);
}

async function orderOf(
  context: CommandContext,
  kind: PushKind,
  { args, options }: { readonly args: readonly string[]; readonly options: OptionValues },
): Promise<PushOrder> {
  const secret = (name: string): Promise<string | undefined> => secretIn(context, options.text(name));
  const [password, privateKey] = [await secret("passwordFile"), await secret("key")];
  const [passphrase, sudoPassword] = [await secret("passphraseFile"), await secret("sudoPasswordFile")];
  const keys = options.texts("hostKey");
  const name = options.text("name");
  if (name !== undefined && args.length > 1) throw pushArgumentInvalid("--name is for one host");
  const jump = options.text("jump");
  const jumpKey = options.text("jumpHostKey");
  const given = {
    processServer: options.text("processServer"),
    server: options.text("server")?.replace(/\/+$/, ""),
    version: options.text("packageVersion"),
    startCommand: options.text("startCommand"),
  };
  const protectable = options.texts("protectable").map((path) => absolutePath(context.host, path));
  return {
    kind,
    hosts: args.map((text) => hostOf(text, keys, name)),
    user: options.text("user") ?? "",
    login: present({
      password: firstLine(password),
      privateKey,
      passphrase: firstLine(passphrase),
      sudoPassword: firstLine(sudoPassword),
    }),
    ...(options.flag("acceptHostKey") && { acceptHostKey: true }),
    ...(jump !== undefined && { jump: { ...jumpOf(jump), ...(jumpKey === undefined ? {} : { hostKey: jumpKey }) } }),
    ...present(given),
    ...(protectable.length > 0 && { protectable }),
  };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function present<T extends object>(values: T): Present<T> {
  const given: Present<T> = {};
  return Object.assign(given, Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)));
}

function hostOf(text: string, keys: readonly string[], name: string | undefined): PushHost {
  const { host, port } = placeOf(text);
  const own = keys
    .map((key) => key.split("="))
    .find(([of, key]) => key !== undefined && (of === text || of === host))?.[1];
  const forAll = keys.find((key) => key.startsWith("SHA256:"));
  const hostKey = own ?? forAll;
  return { host, ...present({ port, name, hostKey }) };
}

function jumpOf(text: string): { user: string; host: string; port?: number } {
  const [user = "", rest] = text.split("@", 2);
  if (rest === undefined || user === "")
    throw pushArgumentInvalid(`${JSON.stringify(text)} is not user@host or user@host:port`);
  const { host, port } = placeOf(rest);
  return { user, host, ...present({ port }) };
}

function placeOf(text: string): { host: string; port?: number } {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s]+)|([0-9A-Fa-f:]+:[0-9A-Fa-f:.]*))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2] ?? match?.[3];
  if (host === undefined) throw pushArgumentInvalid(`${JSON.stringify(text)} is not a host, nor host:port`);
  return { host, ...present({ port: match?.[4] === undefined ? undefined : Number(match[4]) }) };
}

async function secretIn({ host }: CommandContext, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  return new TextDecoder().decode(await readFile(host.files, absolutePath(host, file), SECRET_BYTES_MAX));
}

/** A password is the file without the end of its line. */
function firstLine(text: string | undefined): string | undefined {
  return text?.replace(/\r?\n$/, "");
}

/** Follows every job; one that fails is no reason not to wait for the others. */
async function followed(
  context: CommandContext,
  items: readonly { readonly push: Push; readonly job: Job }[],
  timeoutSeconds: number | undefined,
): Promise<Push[]> {
  const client = await context.client();
  const followOne = async ({ push, job }: { readonly push: Push; readonly job: Job }): Promise<Push> => {
    await waitForJob(context, job.id, timeoutSeconds).catch((error: unknown) => {
      if (!isFault(error, "job-failed", "job-cancelled")) throw error;
    });
    return client.showPush({ params: { id: push.id } });
  };
  const settled = await Promise.allSettled(items.map(followOne));
  const wrong = settled.find((each) => each.status === "rejected");
  if (wrong !== undefined) throw wrong.reason;
  return settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
}

const COLUMNS = {
  HOST: (push: Push) => (push.port === 22 ? push.host : `${push.host}:${push.port}`),
  WHAT: (push: Push) => push.kind,
  STATE: (push: Push) => push.state,
  MACHINE: (push: Push) => push.machineName ?? "",
  "HOST KEY": (push: Push) => push.hostKey ?? "",
  ERROR: (push: Push) => push.error?.code ?? "",
  ID: (push: Push) => push.id,
};

function notesOf({ host, error, found, undone }: Push): string[] {
  const notes = (found?.notes ?? []).map((note) => `${host}: ${note}`);
  if (undone === false) notes.push(`${host}: what had been put there could not all be taken back.`);
  return error === null ? notes : [...notes, `${host}: ${error.message} ${error.remedy ?? ""}`.trim()];
}

function described(push: Push): string {
  const { found } = push;
  return fieldsOf({
    id: push.id,
    host: `${push.host}:${push.port}`,
    what: push.kind,
    state: push.state,
    machine: push.machineName ?? "",
    "host key": push.hostKey ?? "not met",
    system: found === null ? "not looked at" : `${found.distribution}, kernel ${found.kernel}`,
    capture: found?.rungs.join(", ") ?? "",
    agent: found?.agentVersion ?? "none",
    error: push.error === null ? "none" : `${push.error.message} [${push.error.code}]`,
    "taken back": push.undone === null ? "nothing to" : push.undone ? "yes" : "no",
    notes: found?.notes.join(" ") ?? "",
  });
}

function pushArgumentInvalid(why: string): Fault {
  return new Fault({
    code: "push-argument-invalid",
    kind: "operator",
    message: `The command cannot be understood: ${why}.`,
    remedy: "See `leeward machine push --help`.",
  });
}
