import type { Link } from "@leeward/api";
import type { LinkStatus } from "@leeward/proto";
import type { Reports } from "../sessions/reports.ts";
import type { MemberRow } from "../store/member-rows.ts";

export interface LinkFacts {
  readonly members: readonly MemberRow[];
  readonly reports: Reports;
  readonly isOnline: (memberId: string) => boolean;
}

/** How the server itself is named in links. */
const SELF = "config-server";

/** Everyone's link to this server, and what each says of its links to others while it has a session. */
export function linksOf({ members, reports, isOnline }: LinkFacts): Link[] {
  return members.flatMap(({ id, role }) => {
    const online = isOnline(id);
    const control: Link = { from: id, to: SELF, kind: "control", state: online ? "up" : "down", bytesPerSecond: null };
    const kind = role === "agent" ? "data" : "target";
    return [control, ...said(reports, id).map((link) => linkOf(link, { id, kind, online }))];
  });
}

function said(reports: Reports, memberId: string): readonly LinkStatus[] {
  const status = reports.of(memberId)?.status;
  return status === undefined || status.kind === "masterTargetStatus" ? [] : status.value.links;
}

/** What was said before the session ended is not known to hold any more. */
function linkOf(
  { peerId, connected, bytesPerSecond }: LinkStatus,
  from: { readonly id: string; readonly kind: Link["kind"]; readonly online: boolean },
): Link {
  const state = connected && from.online ? "up" : "down";
  return { from: from.id, to: peerId, kind: from.kind, state, bytesPerSecond: from.online ? bytesPerSecond : null };
}
