import { Fault } from "@leeward/base";
import { SAID_LETTERS_MAX } from "./limits.ts";

export function replicaUnknown(id: string): Fault {
  return new Fault({
    code: "replica-unknown",
    kind: "operator",
    message: `This recovery host has no replica machine ${id}.`,
    remedy: "List the replica machines; one that was removed is started from its recovery point again.",
    detail: { id },
  });
}

export function replicaExists(id: string): Fault {
  return new Fault({
    code: "replica-exists",
    kind: "operator",
    message: `The replica machine ${id} is started already.`,
    remedy: "Stop or remove it first.",
    detail: { id },
  });
}

export function replicaEnded(id: string): Fault {
  return new Fault({
    code: "replica-ended",
    kind: "operator",
    message: `The replica machine ${id} does not run.`,
    remedy: "Start it again; its console and what its hypervisor said tell why it ended.",
    detail: { id },
  });
}

/** `said` is what the hypervisor wrote. */
export function notStarted(id: string, said: string, cause?: unknown): Fault {
  const tail = said.trim().slice(-SAID_LETTERS_MAX);
  return new Fault({
    code: "replica-not-started",
    kind: "operator",
    message: `The replica machine ${id} could not be started: ${tail === "" ? "the hypervisor did not say why" : tail}`,
    remedy:
      "Do what the hypervisor's words ask for: memory, a bridge, a bus that it has, or the NBD server of the disks.",
    detail: { id },
    cause,
  });
}

export function notShutDown(id: string, limitSeconds: number): Fault {
  return new Fault({
    code: "replica-not-shut-down",
    kind: "operator",
    message: `The guest of the replica machine ${id} did not shut down within ${limitSeconds} s; it runs on.`,
    remedy: "Look at its console; give it more time, or power it off.",
    detail: { id, limitSeconds },
  });
}

/** It answers nothing within its limit. */
export function replicaSilent(what: string, cause?: unknown): Fault {
  return new Fault({
    code: "replica-silent",
    kind: "transient",
    message: `The hypervisor of a replica machine does not answer: ${what}.`,
    cause,
  });
}

/** Something holds the machine's lock that is not known as its process, or does not end. */
export function processLeft(id: string, why: string): Fault {
  return new Fault({
    code: "replica-process-left",
    kind: "operator",
    message: `A process of the replica machine ${id} is left: ${why}.`,
    remedy: "Find out with `fuser` who has the file `lock` in the machine's folder open, and end it; then try again.",
    detail: { id },
  });
}

export function recordDamaged(path: string, cause: unknown): Fault {
  return new Fault({
    code: "replica-record-damaged",
    kind: "corruption",
    message: `${path} does not hold the record of a replica machine.`,
    remedy: "Check the disk that holds it. Remove the machine by its id when it is not needed any more.",
    detail: { path },
    cause,
  });
}

export function hypervisorMissing(program: string, packages: string, cause?: unknown): Fault {
  return new Fault({
    code: "hypervisor-missing",
    kind: "operator",
    message: `${program} cannot be run on this recovery host.`,
    remedy: `Install it (Debian: ${packages}), or have the disks exported only (host "none").`,
    detail: { program },
    cause,
  });
}

export function firmwareMissing(): Fault {
  return new Fault({
    code: "firmware-missing",
    kind: "operator",
    message: "This recovery host has no UEFI firmware for virtual machines.",
    remedy: "Install it (Debian: ovmf; Fedora: edk2-ovmf), or start the machine with BIOS if its disk allows that.",
  });
}

export function portUnknown(id: string, port: number): Fault {
  return new Fault({
    code: "replica-port-unknown",
    kind: "operator",
    message: `Port ${port} of the replica machine ${id} is not forwarded.`,
    remedy: "Name it under `forwards` of one of its network cards; on a bridge the guest has an address of its own.",
    detail: { id, port },
  });
}

/** It has no console, no screen and no ports here. */
export function onlyDescribed(id: string): Fault {
  return new Fault({
    code: "replica-only-described",
    kind: "operator",
    message: `The replica machine ${id} does not run on this host: its disks are exported, and it is described.`,
    remedy: "Look at it where it was started; or use the recovery host qemu or libvirt.",
    detail: { id },
  });
}

export function folderTooLong(path: string): Fault {
  return new Fault({
    code: "replica-folder-too-long",
    kind: "operator",
    message: `${path} is too long for a socket.`,
    remedy: "Give the daemon a home with a shorter path.",
    detail: { path },
  });
}

/** Nobody inside of the machine answers. */
export function guestAgentSilent(id: string): Fault {
  return new Fault({
    code: "guest-agent-silent",
    kind: "operator",
    message: `The guest agent of the replica machine ${id} did not answer within the limit; nothing was run in it.`,
    remedy:
      "Install QEMU's guest agent in the protected machine (`qemu-guest-agent`), and wait for a new point; or give the machine longer to start: `limitSeconds`.",
    detail: { id },
  });
}

/** It answers, and does not do it. */
export function guestAgentRefused(id: string, why: string): Fault {
  return new Fault({
    code: "guest-agent-refused",
    kind: "operator",
    message: `The guest agent of the replica machine ${id} does not run the script: ${why.slice(0, SAID_LETTERS_MAX)}`,
    remedy:
      "Let it run programs in the protected machine (`guest-exec`; see its `--block-rpcs`), and wait for a new point.",
    detail: { id },
  });
}

/** The script was begun, and nobody knows how it ended. */
export function guestScriptLost(id: string): Fault {
  return new Fault({
    code: "guest-script-lost",
    kind: "operator",
    message: `A script was begun in the replica machine ${id}, and its guest agent does not say how it ended.`,
    remedy: "Look inside of the machine how far it came (`leeward failover console`); it is not run again by itself.",
    detail: { id },
  });
}
