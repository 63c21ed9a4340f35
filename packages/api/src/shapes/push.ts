import { type Static, Type } from "typebox";
import { ErrorItem } from "./fault.ts";
import { Job } from "./job.ts";
import { Id, Name, NameOrId, nullable, STRICT, Time } from "./schema-words.ts";

/** What becomes of the agents of other machines. */
export const PushKind = Type.Enum(["push", "upgrade", "uninstall"]);
export type PushKind = Static<typeof PushKind>;

export const PushState = Type.Enum(["looking", "changing", "awaiting", "settling", "undoing", "done", "failed"]);
export type PushState = Static<typeof PushState>;

const Host = Type.String({ pattern: "^[A-Za-z0-9:][A-Za-z0-9.:_-]{0,252}$", description: "name or address" });
const Port = Type.Integer({ minimum: 1, maximum: 65_535 });
const User = Type.String({ pattern: "^[A-Za-z0-9_][A-Za-z0-9._@-]{0,63}$" });
const HostKey = Type.String({ pattern: "^SHA256:[A-Za-z0-9+/]{43}$", description: "as ssh-keygen -l has it" });
const Secret = Type.String({ minLength: 1, maxLength: 8_192, pattern: "^[^\\u0000]*$" });
const Password = Type.String({ minLength: 1, maxLength: 1_024, pattern: "^[^\\u0000\\n\\r]*$" });

const LOGIN = {
  password: Type.Optional(Password),
  privateKey: Type.Optional(Secret),
  passphrase: Type.Optional(Password),
};

/** What logs in. It is sealed to the process server before anything is stored, and nobody is ever shown it. */
export const PushLogin = Type.Object({ ...LOGIN, sudoPassword: Type.Optional(Password) }, STRICT);
export type PushLogin = Static<typeof PushLogin>;

const Jump = Type.Object(
  {
    host: Host,
    port: Type.Optional(Port),
    user: User,
    hostKey: Type.Optional(HostKey),
    login: Type.Optional(Type.Object(LOGIN, STRICT)),
  },
  STRICT,
);

export const PushHost = Type.Object(
  { host: Host, port: Type.Optional(Port), name: Type.Optional(Name), hostKey: Type.Optional(HostKey) },
  STRICT,
);
export type PushHost = Static<typeof PushHost>;

/** The same for every host; each is a job of its own. */
export const PushOrder = Type.Object(
  {
    kind: PushKind,
    hosts: Type.Array(PushHost, { minItems: 1, maxItems: 256 }),
    user: User,
    login: PushLogin,
    acceptHostKey: Type.Optional(Type.Boolean()),
    jump: Type.Optional(Jump),
    processServer: Type.Optional(NameOrId),
    server: Type.Optional(
      Type.String({ maxLength: 300, description: "as machines reach the config server: https://host:port" }),
    ),
    version: Type.Optional(Type.String({ pattern: "^\\d[A-Za-z0-9.-]{0,40}$" })),
    protectable: Type.Optional(
      Type.Array(Type.String({ pattern: "^/[^\\u0000\\n\\r]*$", maxLength: 4_096 }), { maxItems: 64 }),
    ),
    startCommand: Type.Optional(Type.String({ minLength: 1, maxLength: 4_096, pattern: "^[^\\u0000\\n\\r]*$" })),
  },
  STRICT,
);
export type PushOrder = Static<typeof PushOrder>;

/** What was found of a machine; null until it was looked at. */
export const PushFindings = Type.Object({
  hostname: Type.String(),
  distribution: Type.String(),
  kernel: Type.String(),
  rungs: Type.Array(Type.String()),
  agentVersion: nullable(Type.String()),
  package: nullable(Type.String()),
  serverReach: Type.Enum(["yes", "no", "unknown"]),
  dataReach: Type.Enum(["yes", "no", "unknown"]),
  notes: Type.Array(Type.String()),
});
export type PushFindings = Static<typeof PushFindings>;

export const Push = Type.Object({
  id: Id,
  kind: PushKind,
  host: Type.String(),
  port: Port,
  user: Type.String(),
  state: PushState,
  processServer: Id,
  /** The fingerprints that were met, and believed. */
  hostKey: nullable(Type.String()),
  jumpHostKey: nullable(Type.String()),
  found: nullable(PushFindings),
  machine: nullable(Id),
  machineName: nullable(Type.String()),
  error: nullable(ErrorItem),
  /** Of one that failed: whether all that it had put there was taken back; null when there was nothing. */
  undone: nullable(Type.Boolean()),
  actor: Type.String(),
  job: Id,
  createdAt: Time,
  endedAt: nullable(Time),
});
export type Push = Static<typeof Push>;

export const PushBegun = Type.Object({ push: Push, job: Job });
