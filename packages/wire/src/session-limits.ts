/** Bytes of messages that a peer may have on the way to us or unprocessed here, unless the session is told otherwise. */
export const WINDOW_BYTES = 8 * 1024 * 1024;
/** No session works with a smaller window than this many bytes; the .proto file refuses one. */
export const WINDOW_BYTES_MIN = 65_536;
/** No peer is believed to take more than this many bytes without a word. */
export const WINDOW_BYTES_MAX = 1024 * 1024 * 1024;
/** What a message costs beside its bytes, so that credit also bounds a flood of tiny ones. Part of the wire contract (session.md). */
export const MESSAGE_COST_BYTES = 256;
/** Requests of one end that are not answered yet. Part of the wire contract. */
export const REQUESTS_MAX = 16;
/** Requests of the peer whose answers have not wholly left: it may see an answer, and ask again, a moment before we know that. */
export const ANSWERS_MAX = 4 * REQUESTS_MAX;
/** From the channel to a settled handshake. */
export const HANDSHAKE_MS_MAX = 10_000;
export const PING_EVERY_MS = 10_000;
/** A peer of which nothing was heard for so long is dead. */
export const SILENCE_MS_MAX = 30_000;
/** How long a session is given to answer when another one of the same run of its daemon has come and nothing comes from it: most likely it is dead. */
export const SAME_INSTANCE_MS_MAX = 500;
/** How long a farewell may take to leave before the channel is closed under it. */
export const FAREWELL_MS_MAX = 1_000;
/** A session that lasted so long begins the reconnect schedule anew when it ends. */
export const STABLE_MS = 30_000;
