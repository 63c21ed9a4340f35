import { type Static, Type } from "typebox";
import { Id, Name, NameOrId, nullable, STRICT, Time } from "./schema-words.ts";

/** Of people and of tokens of the API; the order is that of what they may do. */
export const Role = Type.Enum(["viewer", "operator", "administrator"]);
export type Role = Static<typeof Role>;

/** What a token or a user is limited to. */
export const Scope = Type.Object({ machines: Type.Array(Id, { minItems: 1, maxItems: 256 }) });
export type Scope = Static<typeof Scope>;

export const ScopeOrder = Type.Object(
  { machines: Type.Array(NameOrId, { minItems: 1, maxItems: 256, description: "machines, by name or id" }) },
  STRICT,
);
export type ScopeOrder = Static<typeof ScopeOrder>;

/** As it is typed; what a password has to be is said when one is set. */
const Password = Type.String({ minLength: 1, maxLength: 1_024, description: "password" });

/** Which ways to sign in there are. */
export const WaysToSignIn = Type.Object({
  /** Whether there are users with a password. */
  local: Type.Boolean(),
  /** The provider, by the name that people know it by. */
  oidc: nullable(Type.Object({ name: Type.String() })),
  version: Type.String(),
});
export type WaysToSignIn = Static<typeof WaysToSignIn>;

export const SignInOrder = Type.Union([
  Type.Object({ user: Type.String({ minLength: 1, maxLength: 256 }), password: Password }, STRICT),
  Type.Object({ token: Type.String({ minLength: 1, maxLength: 8_192 }) }, STRICT),
]);
export type SignInOrder = Static<typeof SignInOrder>;

/** Somebody who is signed in, or who calls with a token. */
export const SignIn = Type.Object({
  /** Of the sign-in, or of the token. */
  id: Id,
  user: Type.Object({ id: nullable(Id), name: Type.String(), kind: Type.Enum(["local", "oidc", "token"]) }),
  role: Role,
  /** Null for no limit. */
  scope: nullable(Scope),
  /** What the header `leeward-csrf` says in every call that changes something; null for who calls with a token. */
  csrfToken: nullable(Type.String()),
  signedInAt: nullable(Time),
  /** Null for a token without end. */
  expiresAt: nullable(Time),
  /** Without a call for so long, it ends before; null for who calls with a token. */
  idleSeconds: nullable(Type.Integer({ minimum: 1 })),
});
export type SignIn = Static<typeof SignIn>;

export const PasswordChange = Type.Object({ password: Password, newPassword: Password }, STRICT);

export const User = Type.Object({
  id: Id,
  name: Type.String(),
  role: Role,
  kind: Type.Enum(["local", "oidc"]),
  scope: nullable(Scope),
  disabled: Type.Boolean(),
  /** After too many wrong passwords; null when the name is not locked now. */
  lockedUntil: nullable(Time),
  createdAt: Time,
  createdBy: Type.String(),
  lastSignInAt: nullable(Time),
});
export type User = Static<typeof User>;

export const UserOrder = Type.Object(
  { name: Name, role: Role, password: Password, scope: Type.Optional(nullable(ScopeOrder)) },
  STRICT,
);
export type UserOrder = Static<typeof UserOrder>;

export const UserChange = Type.Object(
  {
    role: Type.Optional(Role),
    password: Type.Optional(Password),
    disabled: Type.Optional(Type.Boolean()),
    /** Forgets the wrong passwords. */
    unlock: Type.Optional(Type.Boolean()),
    scope: Type.Optional(nullable(ScopeOrder)),
  },
  STRICT,
);
export type UserChange = Static<typeof UserChange>;

export const SignInSummary = Type.Object({
  id: Id,
  /** The user's name, or `token ID`. */
  user: Type.String(),
  role: Role,
  address: Type.String(),
  userAgent: nullable(Type.String()),
  signedInAt: Time,
  seenAt: Time,
  expiresAt: Time,
});
export type SignInSummary = Static<typeof SignInSummary>;

export const ApprovalState = Type.Enum(["open", "approved", "refused", "used", "expired"]);
export type ApprovalState = Static<typeof ApprovalState>;

/** A call that needs a second person, and what became of it. */
export const Approval = Type.Object({
  id: Id,
  /** The route's name. */
  action: Type.String(),
  subject: nullable(Type.String()),
  /** What would be done. */
  summary: Type.String(),
  machine: nullable(Id),
  askedBy: Type.String(),
  askedAt: Time,
  /** Until when it can be decided, and then until when the call can be made. */
  expiresAt: Time,
  state: ApprovalState,
  decidedBy: nullable(Type.String()),
  decidedAt: nullable(Time),
});
export type Approval = Static<typeof Approval>;
