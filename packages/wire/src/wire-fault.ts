import { Fault, type FaultDetail } from "@leeward/base";

/** Nothing was heard of the peer for longer than a live one is silent. */
export function peerSilent(address: string, silenceMs: number): Fault {
  const message = `Nothing was heard of ${address} for ${silenceMs / 1_000} s.`;
  return new Fault({ code: "peer-silent", kind: "transient", message, detail: { address, silenceMs } });
}

/** A well-formed message that may not come here and now. */
export function messageUnexpected(what: string, detail: FaultDetail = {}): Fault {
  return new Fault({ code: "message-unexpected", kind: "protocol", message: `The peer sent ${what}.`, detail });
}

/** The peer sends more than it was given credit for, or gives more back than it was sent. */
export function creditExceeded(what: string): Fault {
  return new Fault({ code: "credit-exceeded", kind: "protocol", message: `The peer ${what}.` });
}

/** The peer did not settle the handshake in time. */
export function handshakeTimeout(address: string, afterMs: number): Fault {
  const message = `${address} did not settle the handshake within ${afterMs / 1_000} s.`;
  return new Fault({ code: "handshake-timeout", kind: "transient", message, detail: { address } });
}

/** Nobody at this end answers requests of this kind. */
export function requestUnsupported(kind: string): Fault {
  return new Fault({
    code: "request-unsupported",
    kind: "operator",
    message: `Requests ${kind} are not answered here.`,
    remedy: "Bring both sides to the same release; upgrade the config server first.",
  });
}

/** The peer is of a release that does not know the request. */
export function peerOutdated(
  kind: string,
  { address, softwareVersion }: { address: string; softwareVersion: string },
): Fault {
  return new Fault({
    code: "peer-outdated",
    kind: "operator",
    message: `${address} has the version ${softwareVersion}, which does not know ${kind}; it was not asked.`,
    remedy: "Upgrade it by its package, or with `leeward machine upgrade` over SSH.",
    detail: { kind, softwareVersion },
  });
}
