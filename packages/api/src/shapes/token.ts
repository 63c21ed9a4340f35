import { type Static, Type } from "typebox";
import { Scope } from "./access.ts";
import { Bytes, Id, nullable, Time } from "./schema-words.ts";

/** `agent`, `process-server` and `master-target` enrol once; the others are bearers of the API until they expire or are revoked. */
export const TokenRole = Type.Enum(["agent", "process-server", "master-target", "viewer", "operator", "administrator"]);
export type TokenRole = Static<typeof TokenRole>;

/** The only time that the token itself is seen. */
export const TokenCreated = Type.Object({
  id: Id,
  token: Type.String(),
  role: TokenRole,
  expiresAt: nullable(Time),
  scope: nullable(Scope),
});
export type TokenCreated = Static<typeof TokenCreated>;

export const Token = Type.Object({
  id: Id,
  role: TokenRole,
  state: Type.Enum(["valid", "used", "expired", "revoked"]),
  createdAt: Time,
  createdBy: Type.String(),
  expiresAt: nullable(Time),
  usedAt: nullable(Time),
  /** The id of the machine or server that enrolled with it. */
  usedBy: nullable(Id),
  note: nullable(Type.String()),
  /** The machines that it is limited to; null for no limit. */
  scope: nullable(Scope),
});
export type Token = Static<typeof Token>;

export const Enrolled = Type.Object({
  id: Id,
  name: Type.String(),
  role: Type.Enum(["agent", "process-server", "master-target"]),
  certificatePem: Type.String(),
  caPem: Type.String(),
  crlPem: Type.String(),
  /** The id of the config server, as its certificate says. */
  serverId: Id,
});
export type Enrolled = Static<typeof Enrolled>;

/** Whom members and operators are to trust. */
export const Authorities = Type.Object({
  /** One or two certificates, first the one that issues. */
  caPem: Type.String(),
});

/** Where a change of authority stands. */
export const Rotation = Type.Object({
  phase: Type.Enum(["none", "introducing", "renewing"]),
  /** Of the present authority's certificate, SHA-256. */
  fingerprint: Type.String(),
  /** Of the one that follows. */
  successor: nullable(Type.String()),
  since: nullable(Time),
  /** When the present one goes by itself, at the earliest. */
  retiresAt: nullable(Time),
  members: Type.Integer({ minimum: 0 }),
  /** Who has not got what the present step asks for: trust in both, or a certificate of the successor. */
  behind: Type.Array(Type.Object({ id: Id, role: Type.String(), name: Type.String() })),
});
export type Rotation = Static<typeof Rotation>;

/** The private half of the recovery key; `sha256` is of `privateKeyPem` and confirms the erasure. */
export const RecoveryKey = Type.Object({
  keyId: Type.String(),
  privateKeyPem: Type.String(),
  sha256: Type.String(),
  createdAt: Time,
});
export type RecoveryKey = Static<typeof RecoveryKey>;

export const RecoveryKeyErased = Type.Object({ keyId: Type.String(), erasedAt: Time });

export const BackupWritten = Type.Object({ file: Type.String(), bytes: Bytes, sha256: Type.String() });
