import { Fault } from "@leeward/base";
import { operator } from "../operator-fault.ts";

export const upgradeMachinesNone = (): Fault =>
  operator("upgrade-machines-missing", "There is no machine to be upgraded.", "See `leeward machine list`.");

/** Servers go first: they speak with older agents, and agents with no older servers. */
export const upgradeServersOlder = (version: string, older: readonly string[]): Fault =>
  operator(
    "upgrade-servers-older",
    `Agents are not upgraded to ${version} before their servers: ${older.join(", ")}.`,
    "Upgrade config server, process servers and master targets first, in that order.",
  );

export const upgradesUnderWay = (job: string): Fault =>
  operator(
    "upgrade-job-exists",
    `The job ${job} upgrades agents.`,
    "Wait until it has ended, or cancel it: `leeward job cancel`; machines that are at it go on by themselves.",
  );

export const upgradeSilent = (machine: string): Fault =>
  operator(
    "upgrade-silent",
    `${machine} was to become another version, and nothing was heard of how that went.`,
    "Look at what its agent says there (`journalctl -u leeward-agent`).",
  );

export const upgradeDisksBehind = (machine: string): Fault =>
  operator(
    "upgrade-disks-unsettled",
    `${machine} has the new version, and its disks are not as protected as they were.`,
    "See `leeward disk status` for why; the new version stays.",
  );

export const agentsNotUpgraded = (of: {
  readonly failed: readonly string[];
  readonly left: number;
  readonly version: string;
}): Fault => {
  const names = of.failed.slice(0, 10).join(", ") + (of.failed.length > 10 ? ", …" : "");
  const left = of.left === 0 ? "" : ` Nothing was begun on ${of.left} more.`;
  return operator(
    "agents-not-upgraded",
    `Not upgraded to ${of.version}: ${names}.${left}`,
    "See why with `leeward agent show-upgrade JOB`; then order it again, which passes over those that have it.",
  );
};
