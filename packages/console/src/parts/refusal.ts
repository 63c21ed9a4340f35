// Why somebody may not call a route: what the table of routes says of it, against who they are. The server decides; this is for not offering what it refuses.
import { type ApiRole, allows, ROUTES, type RouteName } from "@leeward/api";

/** Who calls, as far as that decides. */
export interface Caller {
  readonly role: ApiRole;
  /** Ids of the machines that they are limited to; null for no limit. */
  readonly scope: readonly string[] | null;
}

/** `limited`: they are limited to some machines, and the route is about the whole installation. Undefined for who may. */
export type Refusal = { readonly kind: "role"; readonly needs: ApiRole } | { readonly kind: "limited" };

export function refusalOf({ role, scope }: Caller, name: RouteName): Refusal | undefined {
  const { role: needs, scope: of } = ROUTES[name];
  if (needs !== "none" && needs !== "member" && !allows(role, needs)) return { kind: "role", needs };
  return scope !== null && of === "installation" ? { kind: "limited" } : undefined;
}
