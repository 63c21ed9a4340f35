import type { PointWay, WayItem } from "@leeward/api";
import { formatTime, isFault, MICROS_PER_SECOND } from "@leeward/base";
import type { MomentList, PointItemMember } from "@leeward/proto";
import type { MemberRequests } from "../sessions/member-requests.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";

export interface PointWayMeans {
  readonly store: Store;
  readonly requests: MemberRequests;
  /** The member's clock minus ours, microseconds; null while unknown. */
  readonly clockOffsetOf: (member: MemberRow) => number | null;
}

type Unknown = PointWay["unknown"][number];

const DAEMONS = {
  agent: "mobility-agent",
  "process-server": "process-server",
  "master-target": "master-target",
} as const;

/**
 * When each daemon of the machine's way did what with the point. The agent is asked first, and targets: they know where the point stands on its disks, by
 * which a process server finds it. What a daemon does not remember, or one that is away, is named.
 */
export async function pointWay(
  means: PointWayMeans,
  { machine, pointId }: { readonly machine: MemberRow; readonly pointId: string },
  signal: AbortSignal,
): Promise<PointWay> {
  const { store } = means;
  const disks = store.disks.ofMachine(machine.id).filter(({ state }) => state === "protected");
  const membersOf = (ids: readonly string[]): MemberRow[] =>
    [...new Set(ids)].flatMap((id) => store.members.byId(id) ?? []);
  const ends = [machine, ...membersOf(disks.map(({ masterTargetId }) => masterTargetId))];
  const servers = membersOf(disks.map(({ processServerId }) => processServerId));
  const order = { machineId: machine.id, pointId };
  const atEnds = await Promise.all(ends.map((member) => ask(means, member, { ...order, members: [] }, signal)));
  const places = unite(atEnds.flatMap(({ said }) => said?.members ?? []));
  const atServers = await Promise.all(
    servers.map((member) => ask(means, member, { ...order, members: places }, signal)),
  );
  const asked = [...atEnds, ...atServers];
  const items = asked.flatMap(({ member, said }) => (said?.items ?? []).map((item) => wayItem(means, member, item)));
  return {
    items: items.toSorted((one, other) => (one.at < other.at ? -1 : Number(one.at > other.at))),
    unknown: asked.flatMap(({ why }) => why ?? []),
  };
}

interface Asked {
  readonly member: MemberRow;
  readonly said?: MomentList;
  readonly why?: Unknown;
}

async function ask(
  { requests }: PointWayMeans,
  member: MemberRow,
  value: { readonly machineId: string; readonly pointId: string; readonly members: readonly PointItemMember[] },
  signal: AbortSignal,
): Promise<Asked> {
  try {
    const said = await requests.ask(member, { kind: "listMoments", value }, { signal });
    const why = { name: member.name, why: "It remembers nothing of this point." };
    return { member, said, ...(said.items.length === 0 && { why }) };
  } catch (error) {
    if (!isFault(error)) throw error;
    return { member, why: { name: member.name, why: error.message } };
  }
}

function wayItem(
  { clockOffsetOf }: PointWayMeans,
  member: MemberRow,
  { diskId, stage, atMicros, tookMicros }: MomentList["items"][number],
): WayItem {
  return {
    daemon: DAEMONS[member.role],
    name: member.name,
    member: member.id,
    disk: diskId === "" ? null : diskId,
    stage,
    at: formatTime(atMicros - (clockOffsetOf(member) ?? 0)),
    tookSeconds: tookMicros / MICROS_PER_SECOND,
  };
}

function unite(members: readonly PointItemMember[]): PointItemMember[] {
  return [...new Map(members.map((member) => [member.diskId, member])).values()];
}
