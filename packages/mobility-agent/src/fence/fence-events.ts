import type { EventReport } from "@leeward/proto";
import type { Standing } from "./standing.ts";

const NAMES_CHARACTERS_MAX = 1_024;

/** The machine takes no writes any more; critical where nobody who works with it was asked. */
export function fencedEvent(machine: string, { failoverId, epoch }: Standing): EventReport {
  const isLearned = failoverId === "";
  const why = isLearned
    ? `A server refused what ${machine} sends: another copy of it has epoch ${epoch}.`
    : `${machine} is failed over.`;
  return {
    kind: "machine-fenced",
    subject: machine,
    message: `${why} Its disks take no writes any more, and no points are made of them.`,
    detail: { epoch: String(epoch), ...(!isLearned && { failover: failoverId }) },
    severity: isLearned ? "critical" : "warning",
  };
}

/** Nobody can keep the machine from writing to these disks. */
export function openFenceEvent(
  machine: string,
  { failoverId, epoch }: Standing,
  disks: readonly { readonly diskId: string; readonly name: string; readonly path: string }[],
): EventReport {
  const named = disks
    .map(({ name, path }) => `${name} (${path})`)
    .join(", ")
    .slice(0, NAMES_CHARACTERS_MAX);
  const diskIds = disks.map(({ diskId }) => diskId).join(" ");
  return {
    kind: "fence-open",
    subject: machine,
    message: `${machine} is fenced, but its disks ${named} are written past the agent, which cannot keep that from being done. Stop what runs on ${machine}, or shut it down: what it still writes reaches no target, and is given up with its failover.`,
    detail: {
      epoch: String(epoch),
      disks: diskIds.slice(0, NAMES_CHARACTERS_MAX),
      ...(failoverId !== "" && { failover: failoverId }),
    },
    severity: "critical",
  };
}

/** The machine takes writes again. */
export function fenceLiftedEvent(machine: string, epoch: number): EventReport {
  return {
    kind: "fence-lifted",
    subject: machine,
    message: `${machine} takes writes again, with epoch ${epoch}.`,
    detail: { epoch: String(epoch) },
    severity: "info",
  };
}
