import { releasesBehind } from "@leeward/base";
import { RELEASES_BEHIND_MAX } from "../limits.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Finding } from "./condition.ts";

type Member = Pick<MemberRow, "role" | "name" | "softwareVersion">;

/** A member that is further behind the config server than releases work together. */
export function versionFindings(member: Member, serverVersion: string): Finding[] {
  const { role, name, softwareVersion } = member;
  if (softwareVersion === null || releasesBehind(softwareVersion, serverVersion) <= RELEASES_BEHIND_MAX) return [];
  const remedy =
    role === "agent"
      ? `Upgrade it: \`leeward agent upgrade ${name}\`, or where it cannot by itself, \`leeward machine upgrade\` or its package.`
      : "Upgrade it by its package; servers go before agents.";
  return [
    {
      code: "member-too-old",
      severity: "warning",
      subject: name,
      message: `${name} has the version ${softwareVersion}, more than ${RELEASES_BEHIND_MAX} releases behind ${serverVersion} of the config server: nothing says that the two get on.`,
      remedy,
      since: null,
    },
  ];
}
