import { GiB, MiB } from "@leeward/base";

/** What one NBD client takes from its server, and asks of it at once. */
export interface NbdClientLimits {
  /** From the connection to the end of the handshake, TLS included. */
  readonly handshakeMsMax: number;
  /** For the server's last answers and farewell, when we close. */
  readonly closeMsMax: number;
  /** Payload of requests under way; what is more waits here, first come first served. */
  readonly inFlightBytesMax: number;
  /** Requests under way. */
  readonly inFlightMax: number;
  /** The payload of one request, when the server takes as much; a longer call is cut. */
  readonly requestBytesMax: number;
  /** The range of one request without payload (zero, block status); a longer call is cut. */
  readonly rangeBytesMax: number;
  /** One reply of the handshake. */
  readonly optionReplyBytesMax: number;
  /** One chunk of block status or of an error. */
  readonly chunkBytesMax: number;
}

export const NBD_CLIENT_LIMITS: NbdClientLimits = {
  handshakeMsMax: 30_000,
  closeMsMax: 5_000,
  inFlightBytesMax: 64 * MiB,
  inFlightMax: 256,
  requestBytesMax: 4 * MiB,
  rangeBytesMax: GiB,
  optionReplyBytesMax: 64 * 1024,
  chunkBytesMax: 8 * MiB,
};
