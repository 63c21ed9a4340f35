import type { Scope, ScopeOrder } from "@leeward/api";
import { Fault } from "@leeward/base";

/** `machine=web,machine=db`, or `none` for no limit, which is null; undefined when nothing was said. @throws Fault `scope-invalid` */
export function scopeArgument(text: string | undefined): ScopeOrder | null | undefined {
  if (text === undefined) return undefined;
  if (text === "none") return null;
  const machines = text.split(",").map((part) => /^machine=(.+)$/.exec(part.trim())?.[1]);
  const named = machines.filter((machine) => machine !== undefined);
  if (named.length === machines.length) return { machines: named };
  throw new Fault({
    code: "scope-invalid",
    kind: "operator",
    message: `${JSON.stringify(text)} is not a scope.`,
    remedy: "Write it as machine=web,machine=db, or none.",
    detail: { scope: text },
  });
}

/** For people. */
export function scopeText(scope: Scope | null): string {
  return scope === null ? "all" : scope.machines.map((machine) => `machine=${machine}`).join(",");
}
