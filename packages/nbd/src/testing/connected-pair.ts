import { Duplex, duplexPair } from "node:stream";

/** Two ends of one connection in memory. Destroying one ends the other, as a socket does. */
export function connectedPair(): readonly [Duplex, Duplex] {
  const [left, right] = duplexPair({ highWaterMark: 256 * 1024 });
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    one.on("error", () => undefined);
    one.once("close", () => {
      if (!other.destroyed && !one.writableFinished) other.destroy();
    });
  }
  return [left, right];
}
