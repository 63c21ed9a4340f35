import { rootedPath } from "@leeward/world";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { CliHost, CommandContext } from "./command-context.ts";
import { connect } from "./node-connection.ts";

/** What a program remembers of the command that ran: whether it wanted JSON, for whoever reports its failure. */
export interface ProgramState {
  readonly host: CliHost;
  json: boolean;
}

export type CommandWork = (context: CommandContext, args: readonly string[], options: OptionValues) => Promise<void>;

/** Parsed options, read by name and kind, so that no value is believed to be what it is not. */
export class OptionValues {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === "string" ? value : undefined;
  }

  number(name: string): number | undefined {
    const value = this.#values[name];
    return typeof value === "number" ? value : undefined;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  /** Whether `--no-…` was said. */
  isOff(name: string): boolean {
    return this.#values[name] === false;
  }

  texts(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
  }
}

/** Makes `command` print JSON on request and run `work` with a connection to the server that `--home` or the environment names. */
export function serverCommand(state: ProgramState, command: Command, work: CommandWork): Command {
  command.addOption(new Option("--home <dir>", "a server's home, to find the server and its operator token"));
  return plainCommand(state, command, work);
}

/** As `serverCommand`, for what needs no server. */
export function plainCommand(state: ProgramState, command: Command, work: CommandWork): Command {
  command.option("--json", "print one JSON document on stdout, errors as JSON on stderr");
  return command.action(async () => {
    const options = new OptionValues(command.opts());
    state.json = options.flag("json");
    const home = options.text("home");
    let client: ReturnType<typeof connect> | undefined;
    const context: CommandContext = {
      host: state.host,
      json: state.json,
      client: () => (client ??= connect(state.host, home === undefined ? undefined : absolutePath(state.host, home))),
    };
    try {
      await work(context, command.args, options);
    } finally {
      (await client?.catch(() => undefined))?.close();
    }
  });
}

/** The path from the root on, without "." and "..". */
export function absolutePath(host: CliHost, path: string): string {
  return rootedPath(host.workingFolder, path);
}

/** Commander's parser of `--timeout SECONDS` and the like: a number above 0. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError("It is not a number above 0.");
  return value;
}

export function timeoutOption(): Option {
  return new Option("--timeout <seconds>", "give up waiting after so many seconds (exit 6)").argParser(positiveNumber);
}
