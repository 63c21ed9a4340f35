import type { Random } from "@leeward/base";
import type { Clock } from "./clock.ts";
import type { Compute } from "./compute.ts";
import type { Files } from "./files.ts";

/** All that the code meets from outside of itself, but for the network, which needs an identity first. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly files: Files;
  readonly compute: Compute;
}
