import { KiB, MiB } from "@leeward/base";

/** What one NBD server takes from its clients. Memory is at most connectionsMax × (inFlightBytesMax + requestBytesMax) and a little. */
export interface NbdServerLimits {
  /** Clients at once; one more is turned away. */
  readonly connectionsMax: number;
  /** From the connection to the end of the handshake. */
  readonly handshakeMsMax: number;
  /** Options that one client may send before it takes an export. */
  readonly optionsMax: number;
  /** The data of one option. */
  readonly optionBytesMax: number;
  /** The payload of one request; told to clients as the maximum block size. */
  readonly requestBytesMax: number;
  /** Payload of one connection's requests under way, and replies that it has not taken; one request is always let in. */
  readonly inFlightBytesMax: number;
  /** Requests of one connection under way. */
  readonly inFlightMax: number;
  /** The range that one block-status request looks at; the answer says that it is about less than was asked. */
  readonly statusBytesMax: number;
  /** Without a whole request for this long a client is dropped; undefined (a machine may rest for days) is never. */
  readonly idleMsMax: number | undefined;
}

export const NBD_SERVER_LIMITS: NbdServerLimits = {
  connectionsMax: 16,
  handshakeMsMax: 10_000,
  optionsMax: 64,
  optionBytesMax: 16 * KiB,
  requestBytesMax: 32 * MiB,
  inFlightBytesMax: 32 * MiB,
  inFlightMax: 512,
  statusBytesMax: 256 * MiB,
  idleMsMax: undefined,
};
