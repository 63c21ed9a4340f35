// Logins by ssh2. A key is asked for at each connection, the jump host's too, and a connection whose key is not believed carries no credential: the check
// comes before authentication. Worst outcome: a password given to a stranger.
import { anySignal, type Fault, isFault, orAborted } from "@leeward/base";
import type { Clock } from "@leeward/world";
import ssh2, { type Client, type ClientChannel, type ConnectConfig } from "ssh2";
import type { Login } from "../credentials.ts";
import { ALIVE_EVERY_MS, LOGIN_MS_MAX } from "../limits.ts";
import { connectionLost, hostUnreachable, loginRefused } from "../push-faults.ts";
import { believer, type KeyFamily, type Met, OTHER_FAMILIES } from "./key-belief.ts";
import { loginMethods, requireKey } from "./login-methods.ts";
import { runCommand } from "./node-shell-command.ts";
import type { SecureShell, ShellCommand, ShellPlace, ShellResult, ShellTarget } from "./secure-shell.ts";

/**
 * Logs in. @throws Fault `push-host-unreachable`, `push-host-key-unpinned`, `push-host-key-mismatch`, `push-login-refused`, `push-key-invalid`,
 *   `push-connection-lost`
 */
export async function openSecureShell(place: ShellPlace, clock: Clock, signal: AbortSignal): Promise<SecureShell> {
  const { credentials, jump } = place;
  requireKey(credentials);
  if (jump === undefined)
    return new NodeSecureShell([await connected({ target: place, login: credentials, clock, signal })], place, clock);
  const login = credentials.jump ?? credentials;
  requireKey(login);
  const first = await connected({ target: jump, login, clock, signal });
  try {
    const through = (): Promise<ClientChannel> => forwarded(first.client, place, signal);
    const second = await connected({ target: place, login: credentials, clock, signal, through });
    return new NodeSecureShell([first, second], place, clock);
  } catch (error) {
    first.client.destroy();
    throw error;
  }
}

interface Connected {
  readonly client: Client;
  readonly hostKey: string;
  /** Aborts, with the fault, when the connection ends. */
  readonly lost: AbortSignal;
}

interface Way {
  readonly target: ShellTarget;
  readonly login: Login;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly through?: () => Promise<ClientChannel>;
}

/** A machine has several host keys, and the one that was named may not be the one that it shows first. */
async function connected(way: Way): Promise<Connected> {
  const { target } = way;
  let mismatch: Fault | undefined;
  for (const family of [undefined, ...OTHER_FAMILIES]) {
    try {
      return await connectedBy(way, family);
    } catch (error) {
      if (isFault(error, "push-host-key-mismatch")) mismatch ??= error;
      // A host without keys of that family ends it; what is wrong is what was met before.
      else if (mismatch === undefined || !isFault(error, "push-host-unreachable")) throw error;
    }
  }
  throw mismatch ?? hostUnreachable(target.host, target.port, "it was not tried");
}

async function connectedBy(way: Way, family: KeyFamily | undefined): Promise<Connected> {
  const { target, login, clock, signal, through } = way;
  const { host, port, user } = target;
  const client = new ssh2.Client();
  const met: Met = {};
  const lost = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => undefined);
  const end = (error: Fault): void => {
    lost.abort(error);
    reject(met.refusal ?? error);
  };
  let isIn = false;
  client.on("ready", () => {
    isIn = true;
    resolve();
  });
  client.on("error", (error: Error & { level?: string }) => {
    if (isIn) end(connectionLost(host, error.message));
    else if (error.level === "client-authentication") end(loginRefused(host, user));
    else end(hostUnreachable(host, port, error.message));
  });
  client.on("close", () =>
    end(isIn ? connectionLost(host, "it was closed") : hostUnreachable(host, port, "it hung up")),
  );
  const over = new AbortController();
  const limit = clock
    .sleep(LOGIN_MS_MAX, anySignal([signal, over.signal]))
    .then(() => end(hostUnreachable(host, port, `nothing within ${LOGIN_MS_MAX / 1_000} s`)));
  limit.catch(() => undefined);
  try {
    const sock = through === undefined ? {} : { sock: await through() };
    client.connect({ ...configOf(target, login, family), ...sock, hostVerifier: believer(target, met) });
    await orAborted(promise, signal);
    return { client, hostKey: met.fingerprint ?? "", lost: lost.signal };
  } catch (error) {
    client.destroy();
    throw error;
  } finally {
    over.abort();
  }
}

function configOf({ host, port, user }: ShellTarget, login: Login, family: KeyFamily | undefined): ConnectConfig {
  return {
    host,
    port,
    username: user,
    // Ours is the limit; the library's own would be a second one.
    readyTimeout: 0,
    keepaliveInterval: ALIVE_EVERY_MS,
    keepaliveCountMax: 3,
    authHandler: loginMethods(user, login),
    ...(family === undefined ? {} : { algorithms: { serverHostKey: [...family] } }),
  };
}

async function forwarded(client: Client, { host, port }: ShellTarget, signal: AbortSignal): Promise<ClientChannel> {
  const { promise, resolve, reject } = Promise.withResolvers<ClientChannel>();
  client.forwardOut("127.0.0.1", 0, host, port, (error, channel) => {
    if (error === undefined) resolve(channel);
    else reject(hostUnreachable(host, port, `the jump host does not get there (${error.message})`));
  });
  return orAborted(promise, signal);
}

class NodeSecureShell implements SecureShell {
  /** The last one is the target's. */
  readonly #connections: readonly [Connected, ...Connected[]];
  readonly #host: string;
  readonly #clock: Clock;

  constructor(connections: readonly [Connected, ...Connected[]], { host }: ShellTarget, clock: Clock) {
    this.#connections = connections;
    this.#host = host;
    this.#clock = clock;
  }

  get hostKey(): string {
    return this.#target.hostKey;
  }

  get jumpHostKey(): string | undefined {
    return this.#connections.length > 1 ? this.#connections[0].hostKey : undefined;
  }

  async run(command: ShellCommand, signal: AbortSignal): Promise<ShellResult> {
    const { client, lost } = this.#target;
    return runCommand(client, command, { host: this.#host, clock: this.#clock, signal: anySignal([signal, lost]) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { client } of this.#connections.toReversed()) client.destroy();
  }

  get #target(): Connected {
    return this.#connections.at(-1) ?? this.#connections[0];
  }
}
