import type { PeerRole } from "@leeward/world";

/** A certificate that was issued and may still hold. */
export interface IssuedItem {
  /** Hex. */
  readonly serial: string;
  readonly role: PeerRole;
  readonly id: string;
  readonly notAfterMicros: number;
}

const ROLES: readonly PeerRole[] = ["agent", "process-server", "master-target", "config-server"];

/** The list as its file holds it; undefined when the file holds something else. */
export function parseIssued(text: string): IssuedItem[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed)) return undefined;
  const items = parsed.map((each: unknown) => itemOf(each)).filter((item) => item !== undefined);
  return items.length === parsed.length ? items : undefined;
}

function itemOf(value: unknown): IssuedItem | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { serial, role, id, notAfterMicros }: Record<string, unknown> = Object.fromEntries(Object.entries(value));
  const known = ROLES.find((each) => each === role);
  if (typeof serial !== "string" || known === undefined || typeof id !== "string") return undefined;
  return typeof notAfterMicros === "number" ? { serial, role: known, id, notAfterMicros } : undefined;
}
