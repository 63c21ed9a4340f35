import { Fault } from "@leeward/base";
import type { Endpoint, PeerRole } from "./network.ts";

/** A channel broke, or was closed, while something was still to be sent or received. */
export function peerLost(address: string, reason: string, cause?: unknown): Fault {
  return new Fault({
    code: "peer-lost",
    kind: "transient",
    message: `The connection to ${address} is lost: ${reason}.`,
    detail: { address, reason },
    cause,
  });
}

/** Nobody answers at the endpoint. */
export function peerUnreachable(endpoint: Endpoint, reason: string, cause?: unknown): Fault {
  return new Fault({
    code: "peer-unreachable",
    kind: "transient",
    message: `${endpoint.host}:${endpoint.port} cannot be reached: ${reason}.`,
    detail: { host: endpoint.host, port: endpoint.port, reason },
    cause,
  });
}

/** Somebody answers who could not prove to be a `role`, or who does not take us for what we are. */
export function peerRefused(endpoint: Endpoint, role: PeerRole, reason: string, cause?: unknown): Fault {
  return new Fault({
    code: "peer-refused",
    kind: "operator",
    message: `${endpoint.host}:${endpoint.port} is not accepted as a ${role}, or does not accept us: ${reason}.`,
    remedy:
      "Check that the address is that of the intended server, that the clocks of both machines are right, and that the machine's certificate was not revoked.",
    detail: { host: endpoint.host, port: endpoint.port, role, reason },
    cause,
  });
}

/** The other end, which proved who it is, says that another host is what we were. */
export function peerSuperseded(endpoint: Endpoint, cause?: unknown): Fault {
  return new Fault({
    code: "peer-superseded",
    kind: "operator",
    message: `Another host has taken this one's place, says ${endpoint.host}:${endpoint.port}: nothing of this one is taken any more.`,
    remedy: "Stop this agent. Register the host anew, with another home, when it is to be protected by itself.",
    detail: { host: endpoint.host, port: endpoint.port },
    cause,
  });
}

/** Another listener holds the port. */
export function portTaken(endpoint: Endpoint, cause?: unknown): Fault {
  return new Fault({
    code: "port-taken",
    kind: "operator",
    message: `Port ${endpoint.port} on ${endpoint.host} is in use already.`,
    remedy: "End it, or choose another port in the configuration.",
    detail: { host: endpoint.host, port: endpoint.port },
    cause,
  });
}
