/** Who is at the other end, as its certificate proves. */
export interface PeerIdentity {
  readonly role: PeerRole;
  /** The machine's, server's or operator's id. */
  readonly id: string;
  /** SHA-256 of the certificate, hex. */
  readonly fingerprint: string;
}

export type PeerRole = "agent" | "process-server" | "master-target" | "config-server";

/**
 * An ordered, reliable, mutually authenticated connection that carries whole messages until it breaks: a WebSocket over TLS,
 * or memory in simulation. What breaks it ends `receive` with a Fault `peer-lost`, and no `send` succeeds afterwards.
 */
export interface Channel {
  readonly peer: PeerIdentity;
  /** Where the other end is, for people: "10.0.0.5:40112". */
  readonly address: string;
  /**
   * Sends the parts as one message. Resolves when the transport has room for more; the parts are borrowed until then.
   * Calls are not interleaved: messages arrive in the order of the calls. That it resolved says nothing about arrival.
   * @throws Fault `peer-lost` once either end closed the channel, or it broke
   */
  send(parts: readonly Uint8Array[]): Promise<void>;
  /**
   * Messages in order; one consumer. Ends after the last message when the peer closed cleanly, and at once when this end did.
   * The message belongs to whoever receives it. Rejects with the signal's reason when that aborts; another call then goes on
   * where it ended.
   * @throws Fault `peer-lost`
   */
  receive(signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Closes at once; pending sends reject. A second call does nothing. */
  close(): Promise<void>;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface Listener extends AsyncDisposable {
  /** Where it listens: the port is the real one, also when 0 was asked for. */
  readonly endpoint: Endpoint;
  /** Channels of peers whose certificate was accepted; one consumer. Ends when the listener is closed. */
  accept(signal: AbortSignal): AsyncIterable<Channel>;
  /** Takes no further peer; channels that were accepted live on. */
  close(): Promise<void>;
}

/**
 * A message of such a sender that is longer than this many bytes is refused by every transport, and the channel breaks. Servers tell one another of every disk
 * that they have, in plans and status; a machine that is protected may be anybody's, and has nothing so long to say.
 */
export function messageBytesMax(sender: PeerRole): number {
  return (sender === "agent" ? 4 : 32) * 1024 * 1024;
}

export interface Network {
  /**
   * Connects to the peer at `endpoint`, which must prove the role `role`. Rejects with the signal's reason when it aborts first.
   * @throws Fault `peer-unreachable`, `peer-refused`
   */
  connect(endpoint: Endpoint, role: PeerRole, signal: AbortSignal): Promise<Channel>;
  /** Port 0 takes a free one. @throws Fault `port-taken` */
  listen(endpoint: Endpoint): Promise<Listener>;
}
