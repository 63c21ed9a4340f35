import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createConnection } from "node:net";
import { join } from "node:path";
import { eventually } from "../harness/eventually.ts";
import { MortalProcess } from "./mortal-process.ts";
import { type ProgramOptions, type ProgramResult, tryProgram } from "./program.ts";

export interface ShellPlace {
  /** For its socket and its trace. */
  readonly folder: string;
  readonly port: number;
  readonly keyFile: string;
  /** Holds the key of `guest`: no other one is talked to. */
  readonly knownHostsFile: string;
}

/** QEMU takes a connection long before sshd is there, and asks the guest ever more seldom: a new one is asked for at once. */
const GREETING_MS_MAX = 1_000;
/** Of one login, which takes about 2 s in an emulated guest. */
const LOGIN_MS_MAX = 60_000;

/** One login of root in a guest, over which commands run without another exchange of keys. It ends when the guest ends. */
export class SecureShell {
  readonly #place: ShellPlace;
  readonly #master: MortalProcess;

  private constructor(place: ShellPlace, master: MortalProcess) {
    this.#place = place;
    this.#master = master;
  }

  /** undefined when sshd did not answer, or refused. */
  static async connect(place: ShellPlace): Promise<SecureShell | undefined> {
    if (!(await greets(place.port))) return undefined;
    // One that was killed leaves its socket, and ssh would then go without.
    await rm(controlSocket(place), { force: true });
    const args = ["-M", "-N", ...sshOptions(place), "-p", String(place.port), "root@127.0.0.1"];
    const master = await MortalProcess.start("ssh", args, join(place.folder, "ssh.trace"));
    const shell = new SecureShell(place, master);
    try {
      const isUp = await eventually("ssh logs in or gives up", () => shell.#isLoggedIn(), LOGIN_MS_MAX);
      return isUp ? shell : undefined;
    } catch {
      // The sshd that greeted may have gone down with a guest that reboots, and nobody tells ssh.
      await shell.close();
      return undefined;
    }
  }

  /** Runs a command of the guest's shell to its end. Code 255 is also what ssh itself gives when the guest is gone. */
  run(command: string, options: ProgramOptions): Promise<ProgramResult> {
    return tryProgram("ssh", ["-S", controlSocket(this.#place), "-o", "BatchMode=yes", "guest", command], options);
  }

  /** A file, or a folder with what is in it. */
  copyIn(local: string, remote: string, options: ProgramOptions): Promise<ProgramResult> {
    const control = ["-o", `ControlPath=${controlSocket(this.#place)}`, "-o", "BatchMode=yes"];
    return tryProgram("scp", ["-q", "-r", "-p", ...control, local, `guest:${remote}`], options);
  }

  /** Whoever connects to the Unix socket at `local`, which is made, reaches one in the guest; until the login ends. */
  forward(local: string, remote: string): Promise<ProgramResult> {
    const where = ["-O", "forward", "-L", `${local}:${remote}`];
    return tryProgram("ssh", ["-S", controlSocket(this.#place), ...where, "guest"]);
  }

  async close(): Promise<void> {
    await this.#master.kill();
  }

  /** undefined while it is not known yet. */
  async #isLoggedIn(): Promise<boolean | undefined> {
    if (!this.#master.isRunning) return false;
    if (!existsSync(controlSocket(this.#place))) return undefined;
    const check = await tryProgram("ssh", ["-O", "check", "-S", controlSocket(this.#place), "guest"]);
    return check.code === 0 ? true : undefined;
  }
}

/** Whether something sends a first byte, as sshd does. */
async function greets(port: number): Promise<boolean> {
  const socket = createConnection({ host: "127.0.0.1", port });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.setTimeout(GREETING_MS_MAX, () => resolve(false));
  socket.once("data", () => resolve(true));
  socket.once("error", () => resolve(false)).once("close", () => resolve(false));
  const did = await promise;
  socket.destroy();
  return did;
}

function controlSocket({ folder }: ShellPlace): string {
  return join(folder, "ssh");
}

function sshOptions(place: ShellPlace): string[] {
  const options = {
    IdentityFile: place.keyFile,
    IdentitiesOnly: "yes",
    BatchMode: "yes",
    UserKnownHostsFile: place.knownHostsFile,
    StrictHostKeyChecking: "yes",
    HostKeyAlias: "guest",
    ControlPath: controlSocket(place),
    LogLevel: "ERROR",
  };
  return ["-F", "none", ...Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`])];
}
