import type { DrillSettings, TestFailoverOrder } from "@leeward/api";
import type { ReplicaCheck } from "@leeward/proto";
import { drillSettingsInvalid } from "./drill-faults.ts";

const PORT_MAX = 65_535;
const FORWARDS_MAX = 16;

/** A check as the master target is asked for it; its form was checked by the API. */
export function checkOf(text: string): ReplicaCheck {
  const [, kind = "", rest = ""] = /^([a-z]+):?(.*)$/s.exec(text) ?? [];
  switch (kind) {
    case "console":
    case "script":
      return { kind, text: rest, port: 0 };
    case "agent":
      return { kind, text: "", port: 0 };
    case "tcp":
      return { kind, text: "", port: Number(rest) };
    case "http": {
      const slash = rest.indexOf("/");
      return { kind, text: rest.slice(slash), port: Number(rest.slice(0, slash)) };
    }
    default:
      throw drillSettingsInvalid(`${JSON.stringify(text)} is no check`);
  }
}

/** The test failover of a drill: as its settings say, at that point, with the ports that are looked at. */
export function testOrderOf(settings: DrillSettings & { readonly at?: string }, at: string): TestFailoverOrder {
  const { checks, timeoutSeconds: _, proof: __, at: ___, ...machine } = settings;
  return { ...machine, at, forwards: portsOf(checks) };
}

/** @throws Fault `drill-settings-invalid` where a check could not tell anything */
export function requireCheckable({ checks, host, network }: DrillSettings): void {
  const ports = portsOf(checks);
  if (host === "none") throw drillSettingsInvalid("with the host `none` no machine runs that could be checked");
  if (ports.some((port) => port > PORT_MAX)) throw drillSettingsInvalid(`a port is ${PORT_MAX} at most`);
  if (ports.length > FORWARDS_MAX) throw drillSettingsInvalid(`at most ${FORWARDS_MAX} ports are looked at`);
  if (ports.length > 0 && network?.startsWith("bridge:") === true)
    throw drillSettingsInvalid(
      "on a bridge the guest has an address of its own, which the master target does not know: look at it by a script there",
    );
}

function portsOf(checks: readonly string[]): number[] {
  return [...new Set(checks.map((check) => checkOf(check).port).filter((port) => port > 0))];
}
