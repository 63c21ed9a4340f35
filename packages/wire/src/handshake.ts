import { Fault } from "@leeward/base";
import {
  decodeEnvelope,
  type Envelope,
  encodeEnvelope,
  type Hello,
  type Welcome,
  WIRE_VERSION,
  WIRE_VERSION_MIN,
} from "@leeward/proto";
import { type Channel, peerLost } from "@leeward/world";
import { faultOfReport, reportOfFault } from "./fault-report.ts";
import { messageUnexpected } from "./wire-fault.ts";

/** What the two ends agreed on. */
export interface Agreement {
  readonly wireVersion: number;
  readonly softwareVersion: string;
  /** Empty where the peer has none. */
  readonly bootId: string;
  /** The highest epoch that the peer knows for its machine; 0 where it has none. */
  readonly epoch: number;
  /** What the connecting end says of its host; of the accepting end nothing is said. */
  readonly sender: Sender;
  readonly wallMicros: number;
  /** How many bytes we may send to it before it gives more credit. */
  readonly creditBytes: number;
}

/** What a daemon that connects says of itself beside its identity. */
export interface Sender {
  /** Another one with each start of the daemon; empty where it says nothing. */
  readonly instance: string;
  /** What its host is called, for people; empty where it says nothing. */
  readonly hostName: string;
  /** It knows that it runs on a copy of another host's home. */
  readonly isCopy: boolean;
}

export const NO_SENDER: Sender = { instance: "", hostName: "", isCopy: false };

type Incoming = AsyncIterator<Uint8Array, unknown, unknown>;

/** The connecting end: says Hello, and takes the Welcome or the reason why there is none. */
export async function greet(channel: Channel, incoming: Incoming, hello: Hello): Promise<Agreement> {
  await channel.send(encodeEnvelope({ kind: "hello", value: hello }));
  const body = await nextBody(channel, incoming);
  if (body.kind !== "welcome") throw messageUnexpected(`${body.kind} where its welcome belongs`);
  const { wireVersion, softwareVersion, wallMicros, creditBytes } = body.value;
  if (wireVersion < hello.wireVersionMin || wireVersion > hello.wireVersionMax) {
    throw messageUnexpected(`a welcome in wire version ${wireVersion}, which was not offered`);
  }
  return { wireVersion, softwareVersion, bootId: "", epoch: 0, sender: NO_SENDER, wallMicros, creditBytes };
}

/** The accepting end: waits for Hello and answers it. @throws Fault `wire-version-incompatible`, after the peer was told */
export async function welcome(
  channel: Channel,
  incoming: Incoming,
  own: Omit<Welcome, "wireVersion">,
): Promise<Agreement> {
  const body = await nextBody(channel, incoming);
  if (body.kind !== "hello") throw messageUnexpected(`${body.kind} where its hello belongs`);
  const { wireVersionMin, wireVersionMax, instance, hostName, isCopy, ...rest } = body.value;
  const wireVersion = Math.min(wireVersionMax, WIRE_VERSION);
  if (wireVersion < wireVersionMin || wireVersion < WIRE_VERSION_MIN) {
    const fault = versionIncompatible(body.value);
    await channel.send(encodeEnvelope({ kind: "farewell", value: { fault: reportOfFault(fault) } }));
    throw fault;
  }
  await channel.send(encodeEnvelope({ kind: "welcome", value: { ...own, wireVersion } }));
  return { wireVersion, ...rest, sender: { instance, hostName, isCopy } };
}

async function nextBody(channel: Channel, incoming: Incoming): Promise<Envelope> {
  const next = await incoming.next();
  if (next.done === true) throw peerLost(channel.address, "it closed the connection before the handshake was settled");
  const { body } = decodeEnvelope(next.value);
  if (body.kind === "farewell") {
    if (body.value.fault !== undefined) throw faultOfReport(body.value.fault, channel.address);
    throw peerLost(channel.address, "it said farewell before the handshake was settled");
  }
  return body;
}

/** No wire version is spoken by both ends. */
export function versionIncompatible({ wireVersionMin, wireVersionMax, softwareVersion }: Hello): Fault {
  const theirs = `${wireVersionMin} to ${wireVersionMax}`;
  const ours = `${WIRE_VERSION_MIN} to ${WIRE_VERSION}`;
  return new Fault({
    code: "wire-version-incompatible",
    kind: "operator",
    message: `Who connected (${softwareVersion}) speaks wire versions ${theirs}, who accepts ${ours}: one of them needs an upgrade.`,
    remedy: "Upgrade the older one; the message names both.",
    detail: { connectorVersions: theirs, acceptorVersions: ours },
  });
}
