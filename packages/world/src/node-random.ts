import { randomBytes, randomInt } from "node:crypto";
import type { Random } from "@leeward/base";

/** The system's random. */
export const nodeRandom: Random = {
  bytes: (length) => new Uint8Array(randomBytes(length)),
  below: (limit) => randomInt(limit),
};
