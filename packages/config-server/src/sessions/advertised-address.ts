import type { Address } from "@leeward/proto";
import type { StatusNotice } from "../store/report-rows.ts";

const ANYWHERE = new Set(["", "0.0.0.0", "::"]);

/**
 * Where others reach the member: what it says, but one that listens everywhere is reached where its session came from. undefined for who
 * is not connected to, and for a port that is not there yet.
 */
export function advertisedAddress(status: StatusNotice, sessionAddress: string): Address | undefined {
  const said = saidAddress(status);
  if (said === undefined || said.port === 0) return undefined;
  return ANYWHERE.has(said.host) ? { host: hostOf(sessionAddress), port: said.port } : said;
}

function saidAddress(status: StatusNotice): Address | undefined {
  switch (status.kind) {
    case "agentStatus":
      return status.value.groupAddress;
    case "processServerStatus":
      return status.value.dataAddress;
    case "masterTargetStatus":
      return status.value.targetAddress;
  }
}

/** "10.0.0.5:40112" and "[::1]:40112" without their ports; an IPv4 address in IPv6's clothes comes out as itself. */
function hostOf(address: string): string {
  const host = address.slice(0, address.lastIndexOf(":")).replace(/^\[|\]$/g, "");
  return host.startsWith("::ffff:") ? host.slice("::ffff:".length) : host;
}
