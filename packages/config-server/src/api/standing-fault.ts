import type { StandingFault } from "@leeward/api";
import { formatTime } from "@leeward/base";
import type { FaultItem } from "@leeward/proto";

/** A fault that stands, as a member told it. */
export function standingFault({ code, kind, message, sinceMicros }: FaultItem): StandingFault {
  return { code, kind, message, since: sinceMicros === 0 ? null : formatTime(sinceMicros) };
}
