/** What belongs to one machine, or to some, and is named in a path. */
export type ScopedThing = "machine" | "failover" | "drill" | "job" | "push" | "opened" | "group" | "alert";

/**
 * What a caller whose token or user is limited to some machines gets of a route. Every route says so:
 *
 * - `open`: the same as everybody; nothing in it is of one machine.
 * - `installation`: a refusal, since it is about the whole, or names a path of a server, where everything else lies, too.
 * - `thing`, `param`: what the parameter names has to be of such a machine, else it does not exist for the caller.
 * - `items`: of a list, the items whose field says a machine of these, by its id or as an event's subject does; null: none.
 */
export type RouteScope =
  | "open"
  | "installation"
  | { readonly thing: ScopedThing; readonly param: string }
  | { readonly items: string | null };

export const OF_MACHINE = { thing: "machine", param: "machine" } as const satisfies RouteScope;
export const OF_FAILOVER = { thing: "failover", param: "failover" } as const satisfies RouteScope;
export const NO_ITEMS = { items: null } as const satisfies RouteScope;

export function of(thing: ScopedThing, param: string): RouteScope {
  return { thing, param };
}

export function itemsBy(field: string): RouteScope {
  return { items: field };
}
