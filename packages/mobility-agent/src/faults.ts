import { Fault, formatTime } from "@leeward/base";

/** What is asked of a disk needs it to be open. */
export function diskNotServed({ diskId, name }: { readonly diskId: string; readonly name: string }): Fault {
  return new Fault({
    code: "disk-not-served",
    kind: "transient",
    message: `${name} is not open at its agent now.`,
    remedy: "See the disk's faults with `leeward disk status`; it is opened again by itself.",
    detail: { disk: diskId },
  });
}

/** The plan does not name the disk. */
export function diskUnknown(diskId: string): Fault {
  return new Fault({
    code: "disk-unknown",
    kind: "operator",
    message: `No disk ${diskId} is protected here.`,
    remedy: "See `leeward disk status`. In the trace of a server it passes when the plan has arrived.",
    detail: { disk: diskId },
  });
}

/** Another side has the machine's authority, or is to get it. */
export function machineFenced(machineId: string): Fault {
  return new Fault({
    code: "machine-fenced",
    kind: "operator",
    message:
      "The machine is fenced: another copy of it has taken over, or is about to. It takes no writes, and makes no points.",
    remedy: "See `leeward failover list`. It goes on when its failover is undone, or when it is failed back to.",
    detail: { machine: machineId },
  });
}

/** The home is another host's. @param why as this host knows it, or was told */
export function hostIsCopy(machineId: string, why: string): Fault {
  return new Fault({
    code: "identity-copied",
    kind: "operator",
    message: `This host has a copy of the identity of machine ${machineId}. ${why} Its disks are served as before, and nothing that is written to them leaves it.`,
    remedy:
      "Stop the agent here, and give this host an identity of its own with `leeward agent register --new-identity`; or, with a token of `leeward token create --role agent --machine M`, the machine's place.",
    detail: { machine: machineId },
  });
}

export function switchOffFailed(command: string, cause: unknown): Fault {
  return new Fault({
    code: "switch-off-failed",
    kind: "operator",
    message: `The machine is failed over, and was to be switched off by ${JSON.stringify(command)}, which failed: ${cause instanceof Error ? cause.message : String(cause)}.`,
    remedy:
      "Switch it off by hand, or see `powerOffCommand` in the agent's `config.yaml`; it is tried again by itself.",
    detail: { command },
    cause,
  });
}

/** What is shown while points wait for the clock. @param newestMicros of the newest point */
export function clockBehindPoints(newestMicros: number, nowMicros: number): Fault {
  const [newest, now] = [formatTime(newestMicros), formatTime(nowMicros)];
  return new Fault({
    code: "clock-behind-points",
    kind: "operator",
    message: `The machine's clock said ${now} when its newest recovery point was of ${newest} already. Until it has come there, points are made, and their times stand still.`,
    remedy:
      "See that the machine keeps the right time. It passes by itself; until then choose points by their order, not by their time.",
    detail: { newest, now },
  });
}

/** A point of the whole machine is wanted; without ids, no disk can have a part in one. */
export function disksNotReady(missingDiskIds: readonly string[] | undefined): Fault {
  return new Fault({
    code: "disks-not-ready",
    kind: "transient",
    message: "A point of the whole machine needs every disk protected; some are still being copied, or have a gap.",
    remedy: "Wait until `leeward disk status` shows every disk as protected.",
    detail: { missing: missingDiskIds?.join(" ") ?? "all" },
  });
}

/** A point is wanted of a machine whose every disk comes to its own alone. @param names of the disks */
export function pointsOfRescans(names: readonly string[]): Fault {
  return new Fault({
    code: "points-of-rescans",
    kind: "operator",
    message: `No point can be made on request: ${names.join(", ")} ${names.length === 1 ? "is" : "are"} rescanned, and a rescan makes a point of its disk alone.`,
    remedy: "Have a disk rescanned now: `leeward disk resync MACHINE DISK --now`; its point comes at the end of that.",
    detail: { disks: names.join(" ") },
  });
}

/** An agent that has no identity. */
export function notRegistered(home: string): Fault {
  return new Fault({
    code: "agent-not-found",
    kind: "operator",
    message: `No agent is registered in ${home}.`,
    remedy: "Register it with `leeward agent register`.",
    detail: { home },
  });
}
