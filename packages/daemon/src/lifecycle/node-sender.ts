import { hostname } from "node:os";
import { type Random, randomId } from "@leeward/base";
import type { Sender } from "@leeward/wire";

/** What this run of a daemon says of itself to whom it connects to; asked for once. */
export function ownSender(random: Random): Sender {
  return { instance: randomId(random), hostName: hostName(), isCopy: false };
}

/** What people call this machine. */
export function hostName(): string {
  return hostname();
}
