// How a daemon is told to stop where the system has no signals that ask: Windows ends a process at once. A daemon there listens on a pipe of its home's; a connection
// that writes the one word asks it to drain and end. Windows lets administrators, SYSTEM and who runs the daemon write to it, and nobody else.
import { connect, createServer } from "node:net";
import { isWindows } from "@leeward/world";
import { localAddress } from "./local-address.ts";

const STOP_NAME = "stop.sock";
const STOP_WORD = "stop\n";
/** What is longer than the word is not it. */
const BYTES_MAX = 16;

export interface StopListener {
  /** Somebody asks. */
  readonly onStop: () => void;
  /** Nobody can ask: the pipe's name is another's. The service manager can still end the process. */
  readonly onRefused: (error: Error) => void;
}

/** Listens until `signal` aborts. Elsewhere than on Windows there are signals, and it does nothing. */
export async function listenForStop(home: string, listener: StopListener, signal: AbortSignal): Promise<void> {
  if (!isWindows || signal.aborted) return;
  const server = createServer((connection) => {
    let said = "";
    // Who asked may go before it is told anything.
    connection.setEncoding("latin1").on("error", () => undefined);
    connection.on("data", (text) => {
      said += String(text);
      if (said === STOP_WORD) listener.onStop();
      if (said === STOP_WORD || said.length >= BYTES_MAX) connection.end();
    });
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.once("close", resolve).once("error", (error) => {
    listener.onRefused(error);
    resolve();
  });
  server.listen(localAddress(`${home}/${STOP_NAME}`, isWindows));
  signal.addEventListener("abort", () => server.close());
  await promise;
}

/** Asks the daemon of a home, whose process this is, to drain and end. Rejects with the system's error where nobody listens. */
export async function askToStop(home: string, pid: number): Promise<void> {
  if (!isWindows) return void process.kill(pid, "SIGTERM");
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const connection = connect(localAddress(`${home}/${STOP_NAME}`, isWindows), () => connection.write(STOP_WORD));
  connection.on("error", reject).on("close", () => resolve());
  connection.resume();
  await promise;
}
