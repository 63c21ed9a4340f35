import { closeSync, mkdirSync, openSync } from "node:fs";
import { Fault } from "@leeward/base";

const LOCK_EX = 2;
const LOCK_NB = 4;

/**
 * Takes the home for this process alone, by a lock of the kernel on HOME/lock: it goes with the process, however that ends, so no crash
 * and no reboot leaves it behind. The file stays.
 * @throws Fault `home-in-use`
 */
export async function lockHome(home: string): Promise<Disposable> {
  const { default: koffi } = await import("koffi");
  const flock: (fd: number, operation: number) => number = koffi.load(null).func("int flock(int fd, int operation)");
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const fd = openSync(`${home}/lock`, "a", 0o600);
  if (flock(fd, LOCK_EX | LOCK_NB) === 0) return { [Symbol.dispose]: () => closeSync(fd) };
  closeSync(fd);
  throw new Fault({
    code: "home-in-use",
    kind: "operator",
    message: `${home} is in use by another process.`,
    remedy: "Stop the daemon that runs in this home, or give this one a home of its own.",
    detail: { home },
  });
}
