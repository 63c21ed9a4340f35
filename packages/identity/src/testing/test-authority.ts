import { type Clock, nodeClock, nodeRandom } from "@leeward/world";
import { simulatedClock, simulatedFiles } from "@leeward/world/testing";
import { Authority } from "../authority.ts";
import type { Subject } from "../certificate.ts";
import { KeyStore } from "../key-store.ts";

/** An authority and the key stores that it enrolled, in memory, with real keys. */
export interface TestAuthority {
  readonly authority: Authority;
  /** A daemon with a certificate for `subject`. */
  readonly enrol: (subject: Subject) => Promise<KeyStore>;
}

/** A new authority. Its clock is the system's unless another is given; certificates are made by it. */
export async function testAuthority(options: { readonly clock?: Clock } = {}): Promise<TestAuthority> {
  const clock = options.clock ?? nodeClock;
  const world = { clock, random: nodeRandom, files: simulatedFiles({ clock: simulatedClock(), random: nodeRandom }) };
  await world.files.makeFolder("/authority");
  const authority = await Authority.open(world, "/authority");
  let made = 0;
  const enrol = async (subject: Subject): Promise<KeyStore> => {
    made += 1;
    const folder = `/daemon-${made}`;
    await world.files.makeFolder(folder);
    const store = await KeyStore.open(world, folder);
    const certificatePem = await authority.issue(await store.createRequest(), subject);
    await store.install({ certificatePem, caPem: authority.caPem, crlPem: authority.crlPem });
    return store;
  };
  return { authority, enrol };
}
