// An installation that was made long ago and has been off since: every certificate and revocation list of it has ended, by the real clock, which TLS goes by.
import { KeyStore } from "@leeward/identity";
import { type Clock, nodeClock, nodeCompute, nodeFiles, nodeRandom, type World } from "@leeward/world";
import type { MemberRole } from "../store/member-rows.ts";
import { serverIdOf } from "../trust/first-start.ts";
import { Trust } from "../trust/trust.ts";
import { openTestStore } from "./node-test-state.ts";

const DAY_MICROS = 86_400_000_000;

/** The real clock, but so many days away. */
export function clockAway(days: number): Clock {
  return { ...nodeClock, wallMicros: () => nodeClock.wallMicros() + days * DAY_MICROS };
}

export interface AgedMember {
  readonly role: MemberRole;
  readonly id: string;
  readonly name: string;
  /** Its home. */
  readonly home: string;
}

/** Makes the server's home and those of its members as they were left `days` ago. */
export async function leaveFor(days: number, home: string, members: readonly AgedMember[]): Promise<void> {
  const clock = clockAway(-days);
  const files = nodeFiles({ io: "thread-pool" });
  const world: World = { clock, random: nodeRandom, files, compute: nodeCompute() };
  await files.makeFolder(home);
  using store = await openTestStore(home);
  const trust = await Trust.open({ world, home, serverId: serverIdOf(store, world), names: ["127.0.0.1"] });
  for (const member of members) {
    const { role, id, name } = member;
    await files.makeFolder(`${member.home}/identity`);
    const keyStore = await KeyStore.open(world, `${member.home}/identity`);
    const issued = await trust.issue(await keyStore.createRequest(), { role, id });
    await keyStore.install(issued);
    const by = {
      createdMicros: clock.wallMicros(),
      createdBy: "test",
      expiresMicros: null,
      note: null,
      machineId: null,
    };
    store.tokens.insert({ id: `token-${id}`, role, ...by, secretDigest: id });
    store.members.insert({
      id,
      role,
      name,
      publicKeyPem: keyStore.publicKeyPem,
      enrolledMicros: clock.wallMicros(),
      tokenId: `token-${id}`,
      certificateEndMicros: issued.endMicros,
    });
  }
}
