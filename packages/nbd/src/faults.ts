import { Fault, type FaultDetail } from "@leeward/base";

/** The peer broke the protocol, or a limit that guards us from it. */
export function protocolViolated(what: string, detail: FaultDetail = {}): Fault {
  return new Fault({
    code: "nbd-protocol-violated",
    kind: "protocol",
    message: `An NBD peer broke the protocol: ${what}.`,
    detail,
  });
}

/** The connection ended while something still needed it. */
export function connectionLost(cause?: unknown): Fault {
  return new Fault({ code: "nbd-connection-lost", kind: "transient", message: "The NBD connection is lost.", cause });
}

/** The peer was too slow where it may not be: in the handshake, with the rest of a request, or idle past its limit. */
export function peerStalled(what: string): Fault {
  return new Fault({
    code: "nbd-peer-stalled",
    kind: "protocol",
    message: `An NBD peer did not go on in time: ${what}.`,
  });
}

/** The server has as many clients as it takes. */
export function connectionsFull(connectionsMax: number): Fault {
  return new Fault({
    code: "nbd-connections-full",
    kind: "transient",
    message: `An NBD client was turned away: ${connectionsMax} are served already.`,
    detail: { connectionsMax },
  });
}

/** There is no export of that name. */
export function exportUnknown(name: string): Fault {
  return new Fault({
    code: "nbd-export-unknown",
    kind: "operator",
    message: `The NBD server has no export ${JSON.stringify(name)}.`,
    remedy: "Use the whole address as `leeward disk status` or `leeward point opened` prints it.",
    detail: { name },
  });
}

/** The export exists, but cannot be used as a disk by us. */
export function exportUnsuitable(name: string, reason: string): Fault {
  return new Fault({
    code: "nbd-export-unsuitable",
    kind: "operator",
    message: `The NBD export ${JSON.stringify(name)} cannot be used: ${reason}.`,
    remedy: "Choose an export that has whole blocks of 512 or 4096 bytes and allows what is asked.",
    detail: { name },
  });
}

/** The server refused the handshake by policy, by lack of TLS, or because it is shutting down. */
export function handshakeRefused(reason: string): Fault {
  return new Fault({
    code: "nbd-refused",
    kind: "operator",
    message: `The NBD server refused: ${reason}.`,
    remedy: "Do what the message says; connect with TLS where the server asks for it.",
  });
}

/** TLS could not be made, or one side could not prove who it is. */
export function tlsFailed(cause: unknown): Fault {
  return new Fault({
    code: "nbd-tls-failed",
    kind: "operator",
    message: "TLS with the NBD peer failed.",
    remedy: "Check the certificates of both sides, what they were issued for, and the clocks.",
    cause,
  });
}
