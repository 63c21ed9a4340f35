import { replaceFile } from "@leeward/world";
import { type BootSystem, textOf } from "./boot-system.ts";

const NAME = "leeward-last-look.service";
const FOLDER = "/etc/systemd/system";
const SYSTEMCTL = "/usr/bin/systemctl";
const TARGETS = ["reboot", "poweroff", "halt", "kexec"].map((name) => `${name}.target`);

export interface LastLookCommand {
  /** The program with its first arguments, each absolute. */
  readonly program: readonly string[];
  readonly home: string;
}

/**
 * The service that looks at the disks as the last act of a shutdown: after all services have ended and all has been unmounted that can be, right before
 * the machine is told to go down. The file system at / can still be written then; a home on another has gone, and nothing is noted.
 */
function unitOf({ program, home }: LastLookCommand): string {
  const command = [...program, "agent", "last-look", "--home", home].map(quoted).join(" ");
  return `# Written by \`leeward agent prepare-boot\`; \`--undo\` removes it.
[Unit]
Description=Leeward: how the tracked disks are left
DefaultDependencies=no
After=shutdown.target umount.target
Before=final.target systemd-reboot.service systemd-poweroff.service systemd-halt.service systemd-kexec.service

[Service]
Type=oneshot
ExecStart=${command}
TimeoutStartSec=90

[Install]
WantedBy=${TARGETS.join(" ")}
`;
}

/** Returns what was changed. @throws Fault `boot-program-failed` */
export async function addLastLook({ files, run }: BootSystem, command: LastLookCommand): Promise<readonly string[]> {
  const path = `${FOLDER}/${NAME}`;
  const text = unitOf(command);
  if ((await textOf(files, path)) === text) return [];
  await replaceFile(files, FOLDER, NAME, new TextEncoder().encode(text));
  await run(SYSTEMCTL, ["daemon-reload"]);
  await run(SYSTEMCTL, ["enable", "--quiet", NAME]);
  return [path];
}

/** Returns what was changed. @throws Fault `boot-program-failed` */
export async function removeLastLook({ files, run }: BootSystem): Promise<readonly string[]> {
  const path = `${FOLDER}/${NAME}`;
  if ((await files.status(path)) === undefined) return [];
  await run(SYSTEMCTL, ["disable", "--quiet", NAME]);
  await files.remove(path);
  await files.syncFolder(FOLDER);
  await run(SYSTEMCTL, ["daemon-reload"]);
  return [path];
}

/** Whether the machine runs systemd. */
export async function hasSystemd({ files }: BootSystem): Promise<boolean> {
  return (await files.status("/run/systemd/system")) !== undefined;
}

/** As systemd.service(5) reads a word of a command line. */
function quoted(word: string): string {
  return `"${word
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("%", "%%")
    .replaceAll("$", () => "$$")}"`;
}
