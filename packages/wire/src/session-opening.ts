import { orAborted } from "@leeward/base";
import { type Hello, type Welcome, WIRE_VERSION, WIRE_VERSION_MIN } from "@leeward/proto";
import type { Channel } from "@leeward/world";
import { type Agreement, greet, NO_SENDER, welcome } from "./handshake.ts";
import type { SessionOptions } from "./session.ts";
import { HANDSHAKE_MS_MAX, WINDOW_BYTES, WINDOW_BYTES_MAX } from "./session-limits.ts";
import { creditExceeded, handshakeTimeout } from "./wire-fault.ts";

export type Side = "connector" | "acceptor";

/** A channel whose two ends have agreed. */
export interface Opened {
  readonly channel: Channel;
  readonly options: SessionOptions;
  /** What comes after the handshake. */
  readonly incoming: AsyncIterator<Uint8Array, unknown, unknown>;
  /** Ends the reading. */
  readonly lifetime: AbortController;
  readonly agreement: Agreement;
}

type Opening = Omit<Opened, "agreement">;

/** Does the handshake from one side, in time; closes the channel when it fails. */
export async function openChannel(
  channel: Channel,
  how: { readonly options: SessionOptions; readonly side: Side },
  signal: AbortSignal,
): Promise<Opened> {
  const lifetime = new AbortController();
  const incoming = channel.receive(lifetime.signal)[Symbol.asyncIterator]();
  const opening = { channel, incoming, lifetime, options: how.options };
  try {
    const agreement = await withinHandshakeTime(opening, signal, () => agree(opening, how.side));
    if (agreement.creditBytes > WINDOW_BYTES_MAX)
      throw creditExceeded(`gives a credit of ${agreement.creditBytes} bytes`);
    return { ...opening, agreement };
  } catch (error) {
    lifetime.abort(error);
    await channel.close();
    throw error;
  }
}

function agree({ channel, incoming, options }: Opening, side: Side): Promise<Agreement> {
  if (side === "acceptor") return welcome(channel, incoming, ownFacts(options));
  return greet(channel, incoming, helloOf(options));
}

/** What the end that begins says first. */
export function helloOf(options: SessionOptions): Hello {
  const { bootId = "", epoch = 0, sender = NO_SENDER } = options;
  const versions = { wireVersionMin: WIRE_VERSION_MIN, wireVersionMax: WIRE_VERSION };
  return { ...ownFacts(options), ...sender, ...versions, bootId, epoch };
}

function ownFacts({ softwareVersion, clock, windowBytes }: SessionOptions): Omit<Welcome, "wireVersion"> {
  return { softwareVersion, wallMicros: clock.wallMicros(), creditBytes: windowBytes ?? WINDOW_BYTES };
}

async function withinHandshakeTime<T>(
  { channel, options }: Opening,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const timer = new AbortController();
  const timeout = options.clock.sleep(HANDSHAKE_MS_MAX, timer.signal).then(() => {
    throw handshakeTimeout(channel.address, HANDSHAKE_MS_MAX);
  });
  try {
    return await orAborted(Promise.race([work(), timeout]), signal);
  } finally {
    timeout.catch(() => undefined);
    timer.abort();
  }
}
