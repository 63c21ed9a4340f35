import type { Role } from "@leeward/api";

const ROLES: readonly Role[] = ["viewer", "operator", "administrator"];

/** `GROUP=ROLE`: who has the group gets the role. */
export interface RoleRule {
  readonly group: string;
  readonly role: Role;
}

/** Rules as they are written; undefined when one is none. */
export function parseRoleRules(texts: readonly string[]): RoleRule[] | undefined {
  const rules = texts.map((text) => {
    const at = text.lastIndexOf("=");
    const role = ROLES.find((each) => each === text.slice(at + 1).trim());
    const group = text.slice(0, Math.max(0, at)).trim();
    return role === undefined || group === "" ? undefined : { group, role };
  });
  const known = rules.filter((rule) => rule !== undefined);
  return known.length === rules.length ? known : undefined;
}

/** The highest role that a claim of one text or of several gives; undefined for none. */
export function roleOfClaim(claim: unknown, rules: readonly RoleRule[]): Role | undefined {
  const groups: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  const roles = rules.filter(({ group }) => groups.includes(group)).map(({ role }) => role);
  return ROLES.findLast((role) => roles.includes(role));
}

/** A value below a name such as `realm_access.roles`; a claim of that very name goes first. */
export function claimOf(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name.split(".").reduce<unknown>((inside, key) => {
    const isObject = typeof inside === "object" && inside !== null && Object.hasOwn(inside, key);
    return isObject ? Reflect.get(inside, key) : undefined;
  }, claims);
}

/** Names for a provider's user, the best first: what it calls itself, if that can be written down, else a word from its id. */
export function namesOf(claims: Readonly<Record<string, unknown>>, issuer: string): string[] {
  const said = [claims["preferred_username"], claims["email"], claims["sub"]];
  const names = said.filter(
    (each): each is string => typeof each === "string" && /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,126}$/.test(each),
  );
  const host = URL.parse(issuer)?.hostname ?? "provider";
  return [...names, ...names.map((name) => `${name}@${host}`)];
}
