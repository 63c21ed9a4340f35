import { Fault } from "@leeward/base";
import { enrol as enrolDaemon, serverEndpoint } from "@leeward/daemon";
import { KeyStore } from "@leeward/identity";
import { type PeerIdentity, replaceFile, type World } from "@leeward/world";
import { stringify } from "yaml";

export interface EnrolmentRequest {
  /** Absolute. */
  readonly home: string;
  /** "https://host:port". */
  readonly serverUrl: string;
  /** Absolute. */
  readonly tokenFile: string;
  readonly name: string;
}

/**
 * Gives the home an identity with a one-time token, and the name that the server has for it.
 * @throws Fault `already-enrolled`, and what the server refuses with
 */
export async function enrolHome(
  world: World,
  request: EnrolmentRequest,
  signal: AbortSignal,
): Promise<PeerIdentity & { readonly name: string }> {
  const { home, serverUrl, tokenFile, name } = request;
  const keyStore = await openKeyStore(world, home);
  if (keyStore.identity !== undefined) {
    throw new Fault({
      code: "already-enrolled",
      kind: "operator",
      message: `${home} is enrolled already, as ${keyStore.identity.role} ${keyStore.identity.id}.`,
      remedy: "Unregister it first, or use another home.",
      detail: { home },
    });
  }
  const given = await enrolDaemon(
    { files: world.files, keyStore, server: serverEndpoint(serverUrl), tokenFile, name },
    signal,
  );
  const identity = identityOf(keyStore);
  if (identity !== undefined) return { ...identity, name: given ?? name };
  throw notEnrolled(home);
}

function notEnrolled(home: string): Fault {
  return new Fault({
    code: "not-enrolled",
    kind: "operator",
    message: `${home} has no certificate.`,
    remedy: "Enrol it: `leeward agent register`, or start the server's daemon with `--token-file`.",
    detail: { home },
  });
}

function identityOf({ identity }: KeyStore): PeerIdentity | undefined {
  return identity;
}

export async function openKeyStore(world: World, home: string): Promise<KeyStore> {
  const folder = `${home}/identity`;
  await world.files.makeFolder(folder);
  return KeyStore.open(world, folder);
}

/** The key store of a home that is enrolled; nothing is made where there is none. @throws Fault `not-enrolled` */
export async function requireEnrolled(world: World, home: string): Promise<KeyStore> {
  if ((await world.files.status(`${home}/identity/certificate.pem`)) === undefined) throw notEnrolled(home);
  return KeyStore.open(world, `${home}/identity`);
}

/** Writes the first config.yaml of a home; one that a person has is not touched. */
export async function writeFirstConfig(
  world: World,
  home: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  if ((await world.files.status(`${home}/config.yaml`)) !== undefined) return;
  await replaceFile(world.files, home, "config.yaml", new TextEncoder().encode(stringify(settings)));
}
