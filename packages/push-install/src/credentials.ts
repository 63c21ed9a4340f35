// What opens other people's machines. It stands here in memory for the time of a step and is written nowhere; what is told of a machine goes through
// `withoutSecrets` first. Worst outcome: a root password in a trace.
import { CREDENTIALS_BYTES_MAX } from "./limits.ts";
import { credentialsInvalid } from "./push-faults.ts";

export interface Login {
  readonly password?: string;
  readonly privateKey?: string;
  readonly passphrase?: string;
}

export interface Credentials extends Login {
  /** Of the user at the target, when sudo asks for one. */
  readonly sudoPassword?: string;
  /** At the jump host; as at the target when left out. */
  readonly jump?: Login;
}

const LOGIN_NAMES = ["password", "privateKey", "passphrase"] as const;

export function credentialsBytes(credentials: Credentials): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(credentials));
}

/** @throws Fault `push-credentials-invalid` */
export function credentialsOf(bytes: Uint8Array): Credentials {
  if (bytes.length > CREDENTIALS_BYTES_MAX) throw credentialsInvalid(`they have ${bytes.length} bytes`);
  const value = parsed(bytes);
  const jump: unknown = Reflect.get(value, "jump");
  return {
    ...textsOf(value, [...LOGIN_NAMES, "sudoPassword"]),
    ...(typeof jump === "object" && jump !== null && { jump: textsOf(jump, LOGIN_NAMES) }),
  };
}

function parsed(bytes: Uint8Array): object {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // What JSON says of it would repeat a part of it.
  }
  throw credentialsInvalid("they do not decode");
}

function textsOf(value: object, names: readonly string[]): Record<string, string> {
  const found = names.map((name): [string, unknown] => [name, Reflect.get(value, name)]);
  return Object.fromEntries(found.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

/** What must never be told. */
export function secretsIn(credentials: Credentials): string[] {
  const { jump = {}, ...own } = credentials;
  const values: readonly unknown[] = [own, jump].flatMap((login: object): unknown[] => Object.values(login));
  return values.filter((each) => typeof each === "string").filter((each) => each !== "");
}

/** The text without any of the secrets, also where only a line of one was repeated. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const lines = secrets.flatMap((each) => [each, ...each.split("\n").filter((line) => line.length >= 4)]);
  return lines.toSorted((a, b) => b.length - a.length).reduce((told, each) => told.replaceAll(each, "[secret]"), text);
}
