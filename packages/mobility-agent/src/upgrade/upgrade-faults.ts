import { Fault } from "@leeward/base";

const operator = (code: string, message: string, remedy: string): Fault =>
  new Fault({ code, kind: "operator", message, remedy });

export const upgradeRefused = (): Fault =>
  operator(
    "upgrade-refused",
    "The agent's machine does not take upgrades from its config server.",
    "It is set there: `upgrades: refuse` in the agent's `config.yaml`. Upgrade it there, by its package.",
  );

export const upgradeNotInstalled = (): Fault =>
  operator(
    "upgrade-not-installed",
    "The agent was not started from an installed package or archive, so that there is nothing that it could put in its place.",
    "Install it by a package or by install.sh; a checkout is brought up to date as it was made.",
  );

export const upgradeOlder = (running: string, wanted: string): Fault =>
  operator(
    "upgrade-older",
    `The agent has the version ${running}, and ${wanted} is not newer.`,
    "An agent does not go back by itself: install the older version by hand, if its home allows that.",
  );

export const upgradeUnderWay = (version: string): Fault =>
  operator(
    "upgrade-under-way",
    `The agent is being upgraded to ${version}.`,
    "Wait until it is done, or has come back.",
  );

export const upgradeOrderInvalid = (file: string): Fault =>
  new Fault({
    code: "upgrade-order-invalid",
    kind: "protocol",
    message: `${JSON.stringify(file)} is not the archive of the version that the agent should become.`,
  });

export const upgradeNoRoom = (folder: string, needBytes: number): Fault =>
  operator(
    "upgrade-no-room",
    `${folder} has no room for another version: ${Math.ceil(needBytes / 1024 ** 2)} MiB are needed.`,
    "Make room there, and order the upgrade again.",
  );

export const upgradeDamaged = (file: string): Fault =>
  new Fault({
    code: "upgrade-file-damaged",
    kind: "corruption",
    message: `What came of ${file} is not what its sum says.`,
    remedy: "Order the upgrade again; when that is so once more, remove the release and add it again.",
    detail: { file },
  });

export const upgradeUnfit = (version: string, why: string): Fault =>
  operator(
    "upgrade-unfit",
    `${version} was unpacked and does not do on this machine: ${why}.`,
    "See the message. Nothing that runs was touched; a version that changes the agent's home is installed by its package.",
  );

export const upgradeNotUp = (version: string, seconds: number): Fault =>
  operator(
    "upgrade-not-up",
    `${version} was started, and was not up and connected, with its disks open, within ${seconds} s.`,
    "The version before is back. See what the agent said (`journalctl -u leeward-agent`), then order it again with a longer `--ready`.",
  );

export const upgradeEnded = (version: string): Fault =>
  operator(
    "upgrade-ended",
    `${version} was started, and ended before it was up.`,
    "The version before is back. See what the agent said (`journalctl -u leeward-agent`).",
  );

export const upgradeNotTried = (version: string, said: string): Fault =>
  operator(
    "upgrade-not-tried",
    `${version} could not be tried: ${said === "" ? "the process that does it ends each time" : said}.`,
    "The version before runs on. See what the machine's service manager said (`journalctl`), then order it again.",
  );

export const upgradeInterrupted = (version: string): Fault =>
  operator(
    "upgrade-interrupted",
    `The machine was started anew before ${version} had said that it was up.`,
    "The version before runs. Order the upgrade again.",
  );

export const upgradeRecordDamaged = (path: string, cause?: unknown): Fault =>
  new Fault({
    code: "upgrade-record-damaged",
    kind: "corruption",
    message: `${path} does not say how far an upgrade of the agent is.`,
    remedy:
      "Check the file system. The agent goes on with the version that is kept, and forgot the upgrade: order it again.",
    detail: { path },
    cause,
  });
