import type { UserChange, UserOrder } from "@leeward/api";
import { randomId } from "@leeward/base";
import type { World } from "@leeward/world";
import type { Actor, EventLog } from "../events/event-log.ts";
import { nameTaken } from "../faults.ts";
import { USERS_MAX } from "../limits.ts";
import type { Store } from "../store/store.ts";
import { tokenStateOf } from "../store/token-rows.ts";
import type { UserRow } from "../store/user-rows.ts";
import {
  lastAdministrator,
  passwordWrong,
  signInRefused,
  tooManyUsers,
  userOfProvider,
  userUnknown,
} from "./access-faults.ts";
import type { Lockout } from "./lockout.ts";
import type { Passwords } from "./node-password.ts";
import { requireFit } from "./password-rule.ts";

export interface UsersOptions {
  readonly world: Pick<World, "clock" | "random">;
  readonly store: Store;
  readonly events: EventLog;
  readonly passwords: Passwords;
  readonly lockout: Lockout;
}

export interface ByWhom {
  readonly actor: Actor;
  /** As `identityOf` says. */
  readonly identity: string;
}

/** Ids of machines, or null for no limit. */
type ScopeIds = readonly string[] | null;

/** People who sign in, and what administrators do with them. */
export class Users {
  readonly #options: UsersOptions;

  constructor(options: UsersOptions) {
    this.#options = options;
  }

  /** By name or id. @throws Fault `user-unknown` */
  find(nameOrId: string): UserRow {
    const { users } = this.#options.store;
    const user = users.byId(nameOrId) ?? users.byName(nameOrId);
    if (user === undefined) throw userUnknown(nameOrId);
    return user;
  }

  /** @throws Fault `password-invalid`, `name-taken`, `users-full` */
  async create({ name, role, password }: UserOrder, scope: ScopeIds, by: ByWhom): Promise<UserRow> {
    const { world, store, events, passwords } = this.#options;
    requireFit(password, name);
    const passwordHash = await passwords.hashOf(password);
    const id = randomId(world.random);
    store.transaction(() => {
      if (store.users.byName(name) !== undefined) throw nameTaken(name);
      if (store.users.list().length >= USERS_MAX) throw tooManyUsers(USERS_MAX);
      const made = { createdMicros: world.clock.wallMicros(), createdBy: by.actor.name, creator: by.identity };
      store.users.insert({ id, name, role, kind: "local", passwordHash, issuer: null, subject: null, scope, ...made });
      const message = `The user ${name} was created with the role ${role}${limitText(scope)}.`;
      events.add(by.actor, { severity: "warning", kind: "user-created", subject: name, message, detail: { role } });
    });
    return this.find(id);
  }

  /** Also ends the user's sign-ins, unless nothing but wrong passwords are forgotten. @throws Fault `user-unknown`, `password-invalid`, `user-of-provider`, `last-administrator` */
  async set(nameOrId: string, change: Omit<UserChange, "scope"> & { scope?: ScopeIds }, by: ByWhom): Promise<UserRow> {
    const { store, events, passwords, lockout } = this.#options;
    const { id, name } = this.find(nameOrId);
    if (change.password !== undefined) requireFit(change.password, name);
    const hash = change.password === undefined ? undefined : await passwords.hashOf(change.password);
    store.transaction(() => {
      const before = this.find(id);
      if (before.kind === "oidc" && (hash !== undefined || change.role !== undefined)) throw userOfProvider(name);
      const after = {
        role: change.role ?? before.role,
        passwordHash: hash ?? before.passwordHash,
        passwordSetter: hash === undefined || by.identity === `user:${id}` ? before.passwordSetter : by.identity,
        disabled: change.disabled ?? before.disabled,
        scope: change.scope === undefined ? before.scope : change.scope,
      };
      this.#requireAdministrator({ ...before, ...after });
      store.users.edit(id, after);
      if (change.unlock === true || hash !== undefined) lockout.forget(name);
      const said = whatChanged(change);
      if (said.some((each) => each !== "unlocked")) store.signIns.endAll({ userId: id });
      const message = `The user ${name} was set: ${said.join(", ") || "nothing"}.`;
      const { role, disabled } = after;
      events.add(by.actor, {
        severity: "warning",
        kind: "user-set",
        subject: name,
        message,
        detail: { role, disabled },
      });
    });
    return this.find(id);
  }

  /** @throws Fault `user-unknown`, `last-administrator` */
  remove(nameOrId: string, { actor }: ByWhom): UserRow {
    const { store, events, lockout } = this.#options;
    return store.transaction(() => {
      const user = this.find(nameOrId);
      this.#requireAdministrator({ ...user, disabled: true });
      store.signIns.endAll({ userId: user.id });
      store.users.remove(user.id);
      lockout.forget(user.name);
      const message = `The user ${user.name} was removed.`;
      events.add(actor, { severity: "warning", kind: "user-removed", subject: user.name, message });
      return user;
    });
  }

  /**
   * Who has name and password. As much is done for a name that nobody has.
   * @throws Fault `sign-in-refused`, `sign-in-locked`, `too-many-requests`
   */
  async check(name: string, password: string, address: string): Promise<UserRow> {
    const { store, passwords, lockout } = this.#options;
    const found = store.users.byName(name);
    const known = found?.disabled === false ? found.passwordHash : null;
    const matches = await this.#counted(name, address, () => passwords.matches(known, password));
    return store.transaction(() => {
      // It may have been changed while it was compared.
      const user = found === undefined ? undefined : store.users.byId(found.id);
      if (!matches || user === undefined || user.disabled || user.passwordHash !== known) throw signInRefused();
      lockout.right(name, address);
      return user;
    });
  }

  /** A user's own. `keptSignIn` goes on, all others end. @throws Fault `password-wrong`, `password-invalid`, `sign-in-locked`, `too-many-requests` */
  async changePassword(
    user: UserRow,
    change: { readonly password: string; readonly newPassword: string; readonly keptSignIn: string },
    actor: Actor,
  ): Promise<void> {
    const { store, events, passwords, lockout } = this.#options;
    if (user.kind === "oidc") throw userOfProvider(user.name);
    requireFit(change.newPassword, user.name);
    const address = actor.address ?? "";
    const passwordHash = await this.#counted(user.name, address, async () => {
      const matches = await passwords.matches(user.passwordHash, change.password);
      return matches ? passwords.hashOf(change.newPassword) : undefined;
    });
    if (passwordHash === undefined) throw passwordWrong();
    store.transaction(() => {
      const now = store.users.byId(user.id);
      if (now === undefined || now.disabled || now.passwordHash !== user.passwordHash) throw passwordWrong();
      lockout.right(user.name, address);
      store.users.edit(user.id, { ...now, passwordHash });
      store.signIns.endAll({ userId: user.id }, change.keptSignIn);
      const message = `${user.name} changed the own password.`;
      events.add(actor, { severity: "info", kind: "password-changed", subject: user.name, message });
    });
  }

  /** Users and tokens that may administrate the whole, by `identityOf`, if `changed` is as it says. */
  administrators(changed?: UserRow): string[] {
    const { store, world } = this.#options;
    const users = store.users.list().map((user) => (user.id === changed?.id ? changed : user));
    const tokens = store.tokens.list().filter((token) => tokenStateOf(token, world.clock.wallMicros()) === "valid");
    return [
      ...users.filter((user) => !user.disabled && administrates(user)).map(({ id }) => `user:${id}`),
      ...tokens.filter(administrates).map(({ id }) => `token:${id}`),
    ];
  }

  /** Counts a password as a wrong one while it is looked at. When that cannot be done, nothing is counted. */
  async #counted<T>(name: string, address: string, look: () => Promise<T>): Promise<T> {
    const { lockout } = this.#options;
    lockout.begin(name, address);
    try {
      return await look();
    } catch (error) {
      lockout.takeBack(name, address);
      throw error;
    }
  }

  #requireAdministrator(changed: UserRow): void {
    if (this.administrators().length > 0 && this.administrators(changed).length === 0) throw lastAdministrator();
  }
}

function administrates({ role, scope }: { readonly role: string; readonly scope: ScopeIds }): boolean {
  return role === "administrator" && scope === null;
}

/** For people; never the password. */
export function whatChanged({
  role,
  password,
  disabled,
  unlock,
  scope,
}: Omit<UserChange, "scope"> & { scope?: ScopeIds }): string[] {
  return [
    ...(role === undefined ? [] : [`the role ${role}`]),
    ...(password === undefined ? [] : ["another password"]),
    ...(disabled === undefined ? [] : [disabled ? "disabled" : "enabled"]),
    ...(scope === undefined ? [] : [scope === null ? "no limit to machines" : `limited to ${scope.length} machines`]),
    ...(unlock === true ? ["unlocked"] : []),
  ];
}

export function limitText(scope: ScopeIds): string {
  return scope === null ? "" : `, limited to ${scope.length} ${scope.length === 1 ? "machine" : "machines"}`;
}
