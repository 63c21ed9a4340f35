/** From dialling to an open WebSocket, TLS and HTTP included, in milliseconds. */
export const CONNECT_MS_MAX = 10_000;
/** How long a closed connection may take to say goodbye before it is cut, in milliseconds. */
export const CLOSE_MS_MAX = 1_000;
/** Bytes that a channel reads ahead of its consumer before it stops reading from the network. */
export const READ_AHEAD_BYTES = 1024 * 1024;
/** Frames of one WebSocket message that are taken; ours have one. */
export const FRAGMENTS_MAX = 16;
/** Bytes of a request's head. */
export const REQUEST_HEAD_BYTES_MAX = 8 * 1024;

/** How many connections one listener takes. */
export interface ConnectionLimits {
  /** Channels in all; a further peer is turned away. */
  readonly channelsMax: number;
  /** Channels of one peer; a further one closes its oldest, which is most likely dead. */
  readonly channelsPerPeerMax: number;
  /** Connections that have not proved who they are, in all and from one address; further ones are cut at once. */
  readonly pendingMax: number;
  readonly pendingPerAddressMax: number;
  /** How long a connection may take to prove who it is, in milliseconds. */
  readonly pendingMsMax: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  channelsMax: 8_192,
  channelsPerPeerMax: 8,
  pendingMax: 256,
  pendingPerAddressMax: 32,
  pendingMsMax: 10_000,
};
