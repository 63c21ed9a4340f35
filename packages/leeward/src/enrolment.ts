import { Fault } from "@leeward/base";
import { KeyStore } from "@leeward/identity";
import type { World } from "@leeward/world";

function notEnrolled(home: string): Fault {
  return new Fault({
    code: "not-enrolled",
    kind: "operator",
    message: `${home} has no certificate.`,
    remedy: "Enrol it: `leeward agent register`, or start the server's daemon with `--token-file`.",
    detail: { home },
  });
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
