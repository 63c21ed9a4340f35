import { Fault } from "@leeward/base";

/** Why what is under way ends when the daemon does. */
export function daemonStopping(): Fault {
  return new Fault({ code: "daemon-stopping", kind: "transient", message: "The daemon is stopping." });
}
