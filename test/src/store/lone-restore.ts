import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createConnection, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Finished } from "../harness/leeward-process.ts";

const PROGRAM = fileURLToPath(new URL("../../../leeward", import.meta.url));
/** Loopback is all there is, and one port on it, which is the store. */
const ALONE = `
ip link set lo up
socat TCP-LISTEN:$STORE_PORT,bind=127.0.0.1,reuseaddr,fork,backlog=64 UNIX-CONNECT:$STORE_SOCKET &
forwarder=$!
until grep -q ' 0100007F:'"$(printf %04X "$STORE_PORT")" /proc/net/tcp; do sleep 0.02; done
status=0
"$@" || status=$?
kill $forwarder
exit $status
`;

/** A new machine: a network namespace that reaches one store and nothing else, and a home with nothing in it. */
export class LoneMachine implements AsyncDisposable {
  readonly #folder: string;
  readonly #port: number;
  readonly #door: Server;

  private constructor(folder: string, port: number, door: Server) {
    this.#folder = folder;
    this.#port = port;
    this.#door = door;
  }

  /** `port`: where the store listens on loopback, here and there. */
  static async reaching(port: number): Promise<LoneMachine> {
    const folder = await mkdtemp(join(tmpdir(), "leeward-alone-"));
    const door = createServer((socket) => {
      const onward = createConnection({ host: "127.0.0.1", port });
      socket.pipe(onward).pipe(socket);
      socket.on("error", () => onward.destroy());
      onward.on("error", () => socket.destroy());
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    door.listen(join(folder, "store.sock"), resolve);
    await promise;
    return new LoneMachine(folder, port, door);
  }

  /** Runs one command of leeward there; it sees no variable of this process but where programs are. */
  async leeward(...args: readonly string[]): Promise<Finished> {
    const home = await mkdtemp(join(this.#folder, "home-"));
    const child = spawn("unshare", ["--net", "--", "sh", "-c", ALONE, "sh", PROGRAM, ...args, "--json"], {
      env: {
        PATH: process.env["PATH"],
        HOME: home,
        STORE_PORT: String(this.#port),
        STORE_SOCKET: join(this.#folder, "store.sock"),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk: Buffer) => (said.stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (said.stderr += chunk.toString()));
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    child.once("error", reject);
    child.once("close", (exit) => resolve(exit ?? -1));
    const code = await promise;
    await rm(home, { recursive: true });
    return { code, ...said };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#door.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
