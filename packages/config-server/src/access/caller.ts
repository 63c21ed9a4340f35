import type { ApiRole } from "@leeward/api";
import type { Actor } from "../events/event-log.ts";
import type { SignInRow } from "../store/sign-in-rows.ts";
import type { TokenRow } from "../store/token-rows.ts";
import type { UserRow } from "../store/user-rows.ts";

/** A person or a program with a role: who is signed in, or bears a token. */
export interface Person {
  readonly role: ApiRole;
  /** Ids of the machines that it is limited to; null for no limit. */
  readonly scope: readonly string[] | null;
  readonly user: UserRow | undefined;
  /** That of the call, or that the sign-in came from. */
  readonly token: TokenRow | undefined;
  readonly signIn: SignInRow | undefined;
  /** What a call that changes something has to say; undefined for who calls with a token. */
  readonly csrfToken: string | undefined;
}

/** Who calls a route. */
export interface Caller {
  readonly actor: Actor;
  /** Undefined for a member, and for anybody. */
  readonly person: Person | undefined;
  /** The id of the member that calls by its certificate; undefined for everybody else. */
  readonly memberId: string | undefined;
}

/** Who it is, whatever way it came: `user:ID` or `token:ID`. */
export function identityOf({ user, token }: Pick<Person, "user" | "token">): string {
  return user === undefined ? `token:${token?.id ?? ""}` : `user:${user.id}`;
}

export function actorOf({ user, token, role }: Pick<Person, "user" | "token" | "role">, address: string): Actor {
  const name = user === undefined ? `token ${token?.id ?? ""}` : `user ${user.name}`;
  return { name: `${name} (${role})`, address };
}
