import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { userInfo } from "node:os";
import { eventually } from "../../../test/src/harness/eventually.ts";
import { freePort } from "../../../test/src/harness/tcp-proxy.ts";
import type { BenchPlace } from "../run/bench-place.ts";
import { findTool, runTool } from "../run/tool-run.ts";

/** OpenSSH's server on a free port of loopback, with keys and settings of its own; it ends with the place. */
export interface SshServer {
  /** "user@127.0.0.1". */
  readonly host: string;
  /** The command by which rsync reaches it. */
  readonly clientCommand: string;
}

export async function startSshServer(place: BenchPlace): Promise<SshServer> {
  const folder = `${place.folder}/ssh`;
  await mkdir(folder, { mode: 0o700 });
  for (const key of ["host", "client"]) {
    await runTool(place, "ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", `${folder}/${key}`]);
  }
  await writeFile(`${folder}/authorized`, await readFile(`${folder}/client.pub`), { mode: 0o600 });
  const port = await freePort();
  await writeFile(`${folder}/sshd_config`, serverSettings(folder, port));
  // As root sshd wants this folder; where it is missing, no other sshd runs.
  if (process.getuid?.() === 0) await mkdir("/run/sshd", { recursive: true });
  place.start(findTool("sshd") ?? "sshd", ["-D", "-e", "-f", `${folder}/sshd_config`]);
  await eventually("sshd listens", () => isListening(port), 10_000);
  const options = [
    `-o UserKnownHostsFile=${folder}/known`,
    "-o StrictHostKeyChecking=accept-new",
    "-o IdentitiesOnly=yes",
    "-o BatchMode=yes",
  ];
  return {
    host: `${userInfo().username}@127.0.0.1`,
    clientCommand: `ssh -F none -p ${port} -i ${folder}/client ${options.join(" ")}`,
  };
}

function serverSettings(folder: string, port: number): string {
  const lines = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${folder}/host`,
    `AuthorizedKeysFile ${folder}/authorized`,
    `PidFile ${folder}/sshd.pid`,
    "PermitRootLogin prohibit-password",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "UsePAM no",
    // The folder lies below one that everybody may write to.
    "StrictModes no",
  ];
  return `${lines.join("\n")}\n`;
}

async function isListening(port: number): Promise<true | undefined> {
  const socket = createConnection({ host: "127.0.0.1", port });
  const reached = await new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  });
  socket.destroy();
  return reached ? true : undefined;
}
