import assert from "node:assert/strict";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { type Finished, leeward } from "../harness/leeward-process.ts";
import { fieldOf } from "../harness/shapes.ts";
import { ERROR_SCHEMA, OUTPUT_SCHEMAS } from "./output-schemas.ts";

const ajv = new Ajv2020({ strict: false, allErrors: true });
const error = ajv.compile({ ...ERROR_SCHEMA });
const validators = new Map(
  Object.entries(OUTPUT_SCHEMAS).map(([command, schema]) => [command, ajv.compile({ ...schema })]),
);

export interface Asked {
  readonly env?: NodeJS.ProcessEnv;
  /** Exit code; 0 unless told. */
  readonly exit?: number;
}

/** Runs commands with --json, holds each to CLI.md, and remembers which were seen to succeed and which to fail. */
export class CommandCheck {
  readonly succeeded = new Set<string>();
  readonly refused = new Set<string>();

  /** The command prints exactly one document, as its schema says, and ends with `exit`. */
  async prints(command: string, args: readonly string[], { env, exit = 0 }: Asked = {}): Promise<unknown> {
    const run = await leeward([...command.split(" "), ...args, "--json"], env);
    const said = saying(command, args, run);
    assert.equal(run.code, exit, said);
    assert.match(run.stdout, /^[^\n]+\n$/, `one line on stdout: ${said}`);
    const document: unknown = JSON.parse(run.stdout);
    this.holds(command, document);
    return document;
  }

  /** The command prints nothing on stdout, ends with `exit`, and says on stderr why and what to do. */
  async refuses(
    command: string,
    args: readonly string[],
    expected: { readonly exit: number; readonly code?: string; readonly env?: NodeJS.ProcessEnv },
  ): Promise<void> {
    const run = await leeward([...command.split(" "), ...args, "--json"], expected.env);
    const said = saying(command, args, run);
    assert.equal(run.code, expected.exit, said);
    assert.equal(run.stdout, "", `nothing on stdout: ${said}`);
    const document: unknown = JSON.parse(run.stderr.trim().split("\n").at(-1) ?? "");
    valid(error, document, said);
    if (expected.code !== undefined) assert.equal(fieldOf(fieldOf(document, "error"), "code"), expected.code, said);
    assert.equal(typeof fieldOf(fieldOf(document, "error"), "remedy"), "string", `a remedy: ${said}`);
    this.refused.add(command);
  }

  /** A document of the command that was read elsewhere. */
  holds(command: string, document: unknown): void {
    const validator = validators.get(command);
    assert(validator !== undefined, `${command} has a schema`);
    valid(validator, document, command);
    this.succeeded.add(command);
  }
}

function valid(validator: ValidateFunction, document: unknown, said: string): void {
  assert(validator(document), `${JSON.stringify(validator.errors)}: ${said}`);
}

function saying(command: string, args: readonly string[], { code, stdout, stderr }: Finished): string {
  return `leeward ${command} ${args.join(" ")} exited ${code}\n${stdout}\n${stderr}`;
}
