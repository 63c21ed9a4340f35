import type { EventReport } from "@leeward/proto";
import type { Standing } from "./standing.ts";

const NAMES_CHARACTERS_MAX = 1_024;
const MS_PER_SECOND = 1_000;

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

/** The machine waits with writes for a word of the config server. */
export function askingEvent(machine: string): EventReport {
  return {
    kind: "fence-asks",
    subject: machine,
    message: `${machine} has started, and its disks take no writes before the config server has said that no other copy of it has taken over.`,
    severity: "info",
    detail: {},
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

/** What cannot be kept from writing is switched off. */
export function powerOffEvent(machine: string, { failoverId, epoch }: Standing, graceMs: number): EventReport {
  return {
    kind: "fence-powers-off",
    subject: machine,
    message: `${machine} is failed over, and its disks are written past the agent: it is switched off in ${graceMs / MS_PER_SECOND} seconds.`,
    detail: { epoch: String(epoch), ...(failoverId !== "" && { failover: failoverId }) },
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
