import { Fault } from "@leeward/base";
import { advertisedName } from "@leeward/daemon";
import type { Ports } from "./ports.ts";

/** Under which names others reach the daemons of one server. */
export interface Advertised {
  /** Names of the machine: each daemon is reached there at the port on which it listens. */
  readonly names: readonly string[];
  /** For one daemon alone, ahead of the names: `name:port` where something on the way forwards another port. */
  readonly own: Readonly<Record<keyof Ports, readonly string[]>>;
}

/**
 * What a daemon advertises, in order of preference. A name for all of them has no port, since no two can be reached at one; and a port
 * that is forwarded needs one behind it that stays.
 * @throws Fault `advertise-invalid`
 */
export function advertisedBy({ names, own }: Advertised, daemon: keyof Ports, port: number): readonly string[] {
  for (const name of names) {
    if (advertisedName(name).port === undefined) continue;
    throw invalid(
      `${JSON.stringify(name)} names a port, and three daemons are to be reached there.`,
      "Give --advertise the name alone; a forwarded port is said with --advertise-api, --advertise-data or --advertise-target.",
    );
  }
  for (const entry of own[daemon]) {
    if (port !== 0 || advertisedName(entry).port === undefined) continue;
    throw invalid(
      `${JSON.stringify(entry)} names a port that is forwarded to one that is chosen anew.`,
      `Give --${daemon}-port the port to which it is forwarded.`,
    );
  }
  return [...own[daemon], ...names];
}

function invalid(message: string, remedy: string): Fault {
  return new Fault({ code: "advertise-invalid", kind: "operator", message, remedy });
}
