// What can be wrong with a machine, a login or a package, each with what a person does about it. No message repeats what was given as a secret.
import { Fault, type FaultDetail } from "@leeward/base";

/** A fault of one machine that waits for a person. */
function refused(code: string, message: string, remedy: string, detail: FaultDetail = {}): Fault {
  return new Fault({ code, kind: "operator", message, remedy, detail });
}

export function hostUnreachable(host: string, port: number, why: string): Fault {
  return new Fault({
    code: "push-host-unreachable",
    kind: "transient",
    message: `No SSH server answers at ${host}:${port}: ${why}.`,
    remedy:
      "Check name, port and firewalls as the process server sees them; behind a gateway, name that with `--jump`.",
    detail: { host, port },
  });
}

export function connectionLost(host: string, why: string): Fault {
  return new Fault({
    code: "push-connection-lost",
    kind: "transient",
    message: `The connection to ${host} ended in the middle: ${why}.`,
    remedy: "Push it again; what had been begun was taken back, or is by the next push.",
    detail: { host },
  });
}

export function stepTimedOut(host: string, what: string, seconds: number): Fault {
  return new Fault({
    code: "push-step-timed-out",
    kind: "transient",
    message: `${what} on ${host} was not done after ${seconds} s.`,
    remedy: "Look at what keeps the machine or the network busy, and push it again.",
    detail: { host, what },
  });
}

export function hostKeyUnpinned(host: string, fingerprint: string): Fault {
  return refused(
    "push-host-key-unpinned",
    `${host} has the host key ${fingerprint}, and nobody has said whether that is right.`,
    `Compare it with \`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\` on the machine, then say \`--host-key ${fingerprint}\`; or \`--accept-host-key\` to believe the first one met.`,
    { host, fingerprint },
  );
}

export function hostKeyMismatch(host: string, found: string, wanted: string): Fault {
  return refused(
    "push-host-key-mismatch",
    `${host} has the host key ${found}, and not ${wanted}: it is another machine, was set up anew, or somebody is between.`,
    "Do not go on before that is clear. Then name the key that it really has with `--host-key`.",
    { host, found, wanted },
  );
}

export function loginRefused(host: string, user: string): Fault {
  return refused(
    "push-login-refused",
    `${host} does not let ${user} in with what was given.`,
    "Check user, password or key by `ssh`; see that sshd allows that way to log in (PasswordAuthentication, PermitRootLogin).",
    { host, user },
  );
}

export function keyInvalid(why: string): Fault {
  return refused(
    "push-key-invalid",
    `The private key cannot be used: ${why}.`,
    "Give the private half in OpenSSH's or PEM's form, and its passphrase when it has one.",
  );
}

export function credentialsInvalid(why: string): Fault {
  return refused(
    "push-credentials-invalid",
    `What was given to log in with cannot be used: ${why}.`,
    "Give a user and a password or a private key; run the command again.",
  );
}

export function sudoRefused(host: string, user: string, said: string): Fault {
  return refused(
    "push-sudo-refused",
    `${user} does not become root on ${host} by sudo${said === "" ? "" : `: ${said}`}.`,
    "Give the right password with `--sudo-password-file`, allow the user sudo for `sh`, or log in as root.",
    { host, user },
  );
}

export function folderRefused(host: string, said: string): Fault {
  return refused(
    "push-folder-refused",
    `${host} has no folder in which a program could be put and run for the time of the installation${said === "" ? "" : `: ${said}`}.`,
    "Have /var/tmp, /tmp or the user's home be writable and mounted without noexec, or install from the archive by hand.",
    { host },
  );
}

export function architectureUnsupported(host: string, architecture: string): Fault {
  return refused(
    "push-architecture-unsupported",
    `${host} is ${architecture}, and Leeward runs on Linux on x86-64.`,
    "None for this machine.",
    { host, architecture },
  );
}

export function distributionUnsupported(host: string, name: string): Fault {
  return refused(
    "push-distribution-unsupported",
    `${host} runs ${name}, which is none of the systems that agents are pushed to.`,
    "Debian, Ubuntu, RHEL, SUSE, Amazon Linux and their descendants are. On others try the archive by hand (docs/manual/install.md).",
    { host, distribution: name },
  );
}

export function glibcTooOld(host: string, version: string): Fault {
  return refused(
    "push-glibc-too-old",
    `${host} has ${version === "" ? "another C library than glibc" : `glibc ${version}`}, and 2.28 or newer is needed.`,
    "Upgrade the system, or protect the machine from its hypervisor's side.",
    { host, version },
  );
}

export function noServiceManager(host: string): Fault {
  return refused(
    "push-no-service-manager",
    `${host} does not run systemd, and nothing else is known that would start the agent.`,
    "Give `--start-command COMMAND` that starts it now, and see to it yourself that it is started after each reboot.",
    { host },
  );
}

export function noSpace(host: string, where: { mount: string; freeKib: number; neededKib: number }): Fault {
  return refused(
    "push-no-space",
    `${host} has ${Math.floor(where.freeKib / 1024)} MiB left on ${where.mount}, and ${Math.ceil(where.neededKib / 1024)} MiB are needed there.`,
    "Free space there, and push it again.",
    { host, ...where },
  );
}

export function clockOff(host: string, seconds: number): Fault {
  return refused(
    "push-clock-off",
    `The clock of ${host} is ${Math.abs(seconds)} s ${seconds > 0 ? "ahead" : "behind"}; certificates would not hold there.`,
    "Set it, and have it kept by chrony or systemd-timesyncd.",
    { host, seconds },
  );
}

export function portBlocked(host: string, to: string, what: string): Fault {
  return refused(
    "push-port-blocked",
    `${host} does not reach the ${what} at ${to}.`,
    "Open the way in firewalls, or have the server advertise a name and port that machines reach (`--advertise`, `--server`).",
    { host, to },
  );
}

export function agentPresent(host: string, version: string): Fault {
  return refused(
    "push-agent-present",
    `${host} has an agent ${version} of this installation already.`,
    "Use `leeward machine upgrade`, or take it away first with `leeward machine uninstall`.",
    { host, version },
  );
}

export function agentForeign(host: string): Fault {
  return refused(
    "push-agent-foreign",
    `${host} has an agent that belongs to another installation, or one of whose state nothing is known.`,
    "Unregister it there first (`leeward agent unregister --home /var/lib/leeward/agent`), and move that folder away.",
    { host },
  );
}

export function programPresent(host: string, version: string): Fault {
  return refused(
    "push-program-present",
    `${host} has the agent's program ${version} already, put there by somebody else and not registered.`,
    "Register it by hand (docs/manual/install.md), or remove that program and push again.",
    { host, version },
  );
}

export function packagedByRpm(host: string, version: string): Fault {
  return refused(
    "push-packaged-by-rpm",
    `The agent ${version} of ${host} came by its package of RPM, which a push neither replaces nor removes.`,
    "Use the package manager of that machine; or have the agent upgrade itself: `leeward agent upgrade`.",
    { host, version },
  );
}

export function agentAbsent(host: string): Fault {
  return refused(
    "push-agent-absent",
    `${host} has no agent of this installation.`,
    "Install one with `leeward machine push`.",
    { host },
  );
}

export function underWay(host: string, other: string): Fault {
  return refused(
    "push-under-way",
    `${host} holds the record of another push (${other}) that has not ended.`,
    "Wait for it. If nobody pushes there any more, see what it left and remove /var/lib/leeward/agent-push.",
    { host, other },
  );
}

export function packageMissing(wanted: string): Fault {
  return refused(
    "push-package-missing",
    `The process server has no agent package ${wanted}.`,
    "Put the files of a release (`npm run release`), SHA256SUMS among them, into `packages` of the process server's home.",
    { wanted },
  );
}

export function packageDamaged(file: string, why: string): Fault {
  return new Fault({
    code: "push-package-damaged",
    kind: "corruption",
    message: `The package ${file} ${why}; it was not installed.`,
    remedy: "Put the release's files there again, and check the disk that holds them.",
    detail: { file },
  });
}

export type ChangeFailure = "push-install-failed" | "push-register-failed" | "push-start-failed" | "push-undo-failed";

const CHANGES: Readonly<Record<ChangeFailure, readonly [string, string]>> = {
  "push-install-failed": ["The package could not be installed", "Mend what it says, and push the machine again."],
  "push-register-failed": ["The agent could not be registered", "Mend what it says, and push the machine again."],
  "push-start-failed": ["The agent was installed and did not start", "Mend what it says, and push the machine again."],
  "push-undo-failed": [
    "What the push had put there could not all be taken away",
    "Push the machine again, which takes it back first; or see docs/manual/install.md for how to uninstall.",
  ],
};

/** What became of what had been put there. */
export type Undone = "yes" | "no" | "not-asked";

export function changeFailed(
  host: string,
  failure: ChangeFailure,
  { said, undone = "not-asked" }: { readonly said: string; readonly undone?: Undone },
): Fault {
  const [what, remedy] = CHANGES[failure];
  const left = undone === "no" ? " What had been put there could not all be taken away." : "";
  const message = `${what} on ${host}${said === "" ? "" : `: ${said}`}.${left}`;
  const detail = { host, undone };
  switch (failure) {
    case "push-install-failed":
      return refused("push-install-failed", message, remedy, detail);
    case "push-register-failed":
      return refused("push-register-failed", message, remedy, detail);
    case "push-start-failed":
      return refused("push-start-failed", message, remedy, detail);
    case "push-undo-failed":
      return refused("push-undo-failed", message, remedy, detail);
  }
}
