// An SSH server in this process: it takes one user by password or key, runs what is asked for with `sh` as whoever runs the test, and forwards. What it was offered
// to log in with is kept, to show what was given to whom.
import { spawn } from "node:child_process";
import { type AddressInfo, connect } from "node:net";
import ssh2, { type AuthContext, type Connection, type ServerChannel } from "ssh2";
import { hostKeyFingerprint } from "../shell/host-key.ts";
import type { ShellTarget } from "../shell/secure-shell.ts";

export interface TestSshOptions {
  readonly password?: string;
  /** Of the user, OpenSSH's form. */
  readonly publicKey?: string;
  /** Only questions are asked, no plain password is taken. */
  readonly asksOnly?: boolean;
}

export interface HostKeys {
  readonly ed25519: { readonly private: string; readonly fingerprint: string };
  readonly rsa: { readonly private: string; readonly fingerprint: string };
}

export function makeHostKeys(): HostKeys {
  const made = (pair: { private: string; public: string }): { private: string; fingerprint: string } => {
    const bytes = Buffer.from(pair.public.split(" ")[1] ?? "", "base64");
    return { private: pair.private, fingerprint: hostKeyFingerprint(bytes) };
  };
  return {
    ed25519: made(ssh2.utils.generateKeyPairSync("ed25519")),
    rsa: made(ssh2.utils.generateKeyPairSync("rsa", { bits: 2_048 })),
  };
}

export class TestSshServer implements AsyncDisposable {
  readonly keys: HostKeys;
  /** Method and secret of every attempt. */
  readonly offered: string[] = [];
  readonly #options: TestSshOptions;
  readonly #server: InstanceType<typeof ssh2.Server>;
  readonly #connections = new Set<Connection>();

  private constructor(keys: HostKeys, options: TestSshOptions) {
    this.keys = keys;
    this.#options = options;
    this.#server = new ssh2.Server({ hostKeys: [keys.ed25519.private, keys.rsa.private] }, (each) => this.#serve(each));
  }

  static async start(keys: HostKeys, options: TestSshOptions): Promise<TestSshServer> {
    const server = new TestSshServer(keys, options);
    const { promise, resolve } = Promise.withResolvers<void>();
    server.#server.listen(0, "127.0.0.1", resolve);
    await promise;
    return server;
  }

  get target(): ShellTarget {
    const { port }: AddressInfo = addressOf(this.#server.address());
    return { host: "127.0.0.1", port, user: "ada", hostKey: this.keys.ed25519.fingerprint, acceptHostKey: false };
  }

  /** Every connection ends, as when the machine goes down. */
  drop(): void {
    for (const each of this.#connections) each.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.drop();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    await promise;
  }

  #serve(connection: Connection): void {
    this.#connections.add(connection);
    // Who does not believe the key goes without a word; that is no matter of the server's.
    connection.on("error", () => undefined);
    connection.on("close", () => this.#connections.delete(connection));
    connection.on("authentication", (context) => this.#admit(context));
    connection.on("session", (accept) => {
      const session = accept();
      session.on("exec", (acceptRun, _reject, { command }) => run(acceptRun(), command));
    });
    connection.on("tcpip", (accept, reject, { destIP, destPort }) => {
      const socket = connect({ host: destIP, port: destPort });
      socket.once("error", () => reject());
      socket.once("connect", () => {
        const channel = accept();
        channel.on("error", () => socket.destroy());
        socket.on("error", () => channel.destroy());
        channel.pipe(socket).pipe(channel);
      });
    });
  }

  #admit(context: AuthContext): void {
    const { password, publicKey, asksOnly = false } = this.#options;
    if (context.method === "password") this.offered.push(`password ${context.password}`);
    else if (context.method !== "none") this.offered.push(context.method);
    if (context.username !== "ada") return context.reject();
    if (context.method === "password" && !asksOnly && context.password === password) return context.accept();
    if (context.method === "publickey" && publicKey !== undefined && isKey(publicKey, context.key.data))
      return context.accept();
    if (context.method === "keyboard-interactive" && password !== undefined) {
      context.prompt([{ prompt: "Password: ", echo: false }], (answers) =>
        answers[0] === password ? context.accept() : context.reject(),
      );
      return;
    }
    context.reject(["publickey", asksOnly ? "keyboard-interactive" : "password"]);
  }
}

function isKey(publicKey: string, offered: Buffer): boolean {
  return Buffer.from(publicKey.split(" ")[1] ?? "", "base64").equals(offered);
}

function run(channel: ServerChannel, command: string): void {
  const child = spawn("sh", ["-c", command], { stdio: ["pipe", "pipe", "pipe"] });
  channel.pipe(child.stdin);
  child.stdin.on("error", () => undefined);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  channel.on("close", () => child.kill("SIGKILL"));
  child.on("close", (code) => {
    channel.exit(code ?? 255);
    channel.end();
  });
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (typeof address === "object" && address !== null) return address;
  throw new Error("the server does not listen");
}
