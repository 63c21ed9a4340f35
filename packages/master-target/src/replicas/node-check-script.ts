import { constants, promises as fs, type Stats } from "node:fs";
import { dirname } from "node:path";
import { Fault } from "@leeward/base";

const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/;
const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

/**
 * The script of that name in the folder. It runs with this daemon's rights, so whoever asks for a drill can only choose among those that the owner of this
 * machine has put there: it and every folder above must belong to root or to the daemon's user, and nobody else may be able to write or exchange it.
 * @throws Fault `check-script-refused`
 */
export async function checkScriptPath(folder: string, name: string): Promise<string> {
  const path = `${folder}/${name}`;
  if (!NAME.test(name)) throw refused(path, "its name is not one of a file in that folder");
  try {
    await requireRunnable(path);
  } catch (error) {
    throw error instanceof Fault ? error : refused(path, "it is not there, or not executable", error);
  }
  return path;
}

async function requireRunnable(path: string): Promise<void> {
  const real = await fs.realpath(path);
  const status = await fs.stat(real);
  if (!status.isFile()) throw refused(path, "it is no file");
  refuseForeign(path, real, status);
  await fs.access(real, constants.X_OK);
  for (const start of [path, real]) {
    for (let above = dirname(start); ; above = dirname(above)) {
      refuseForeign(path, above, await fs.stat(above));
      if (above === "/") break;
    }
  }
}

function refuseForeign(script: string, what: string, { uid, mode }: Stats): void {
  if (uid !== 0 && uid !== (process.getuid?.() ?? 0))
    throw refused(script, `${what} belongs to neither root nor the daemon's user`);
  // In a sticky folder nobody can exchange another's file.
  if ((mode & WRITABLE_BY_OTHERS) !== 0 && (mode & STICKY) === 0)
    throw refused(script, `${what} is writable by others`);
}

function refused(path: string, why: string, cause?: unknown): Fault {
  return new Fault({
    code: "check-script-refused",
    kind: "operator",
    message: `The script ${path} of a check is not run: ${why}.`,
    remedy:
      "Put it there on the master target's machine, executable, with it and every folder above owned by root or the daemon's user and writable by nobody else.",
    detail: { path },
    cause,
  });
}
