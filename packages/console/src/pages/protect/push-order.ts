import type { PushHost, PushOrder } from "@leeward/api";

/** A push as it is written into its form. */
export interface PushFields {
  readonly hosts: string;
  readonly user: string;
  readonly loginBy: "password" | "key";
  readonly password: string;
  readonly key: string;
  readonly passphrase: string;
  readonly sudoPassword: string;
  readonly acceptHostKey: boolean;
  readonly processServer: string;
  readonly protectable: string;
  readonly startCommand: string;
}

export const EMPTY_PUSH: PushFields = {
  hosts: "",
  user: "root",
  loginBy: "key",
  password: "",
  key: "",
  passphrase: "",
  sudoPassword: "",
  acceptHostKey: false,
  processServer: "",
  protectable: "",
  startCommand: "",
};

/** Undefined as long as something that it needs is not written. */
export function pushOrderOf(fields: PushFields): PushOrder | undefined {
  const { loginBy, password, key, passphrase, sudoPassword, processServer } = fields;
  const startCommand = fields.startCommand.trim();
  const [hosts, protectable] = [linesOf(fields.hosts).map(hostOf), linesOf(fields.protectable)];
  const secret = loginBy === "password" ? password : key;
  if (hosts.length === 0 || fields.user.trim() === "" || secret.trim() === "") return undefined;
  const keyed = { privateKey: `${key.trimEnd()}\n`, ...(passphrase !== "" && { passphrase }) };
  return {
    kind: "push",
    hosts,
    user: fields.user.trim(),
    login: { ...(loginBy === "password" ? { password } : keyed), ...(sudoPassword !== "" && { sudoPassword }) },
    acceptHostKey: fields.acceptHostKey,
    ...(processServer !== "" && { processServer }),
    ...(protectable.length > 0 && { protectable }),
    ...(startCommand !== "" && { startCommand }),
  };
}

/** HOST or HOST:PORT, and after a space the fingerprint of its key; an address of IPv6 has more colons and no port. */
function hostOf(line: string): PushHost {
  const [place = "", hostKey] = line.split(/\s+/);
  const [, host = place, port] = /^([^:]+):(\d{1,5})$/.exec(place) ?? [];
  return { host, ...(port !== undefined && { port: Number(port) }), ...(hostKey !== undefined && { hostKey }) };
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
