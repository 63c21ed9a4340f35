import type { Rotation } from "@leeward/api";
import { formatTime } from "@leeward/base";
import type { Handlers } from "./handler.ts";
import type { Services } from "./services.ts";

type AuthorityRoute = "showAuthorities" | "showRotation" | "rotateAuthority" | "retireAuthority";

/** Who signs, and how one follows another. */
export function authorityHandlers(services: Services): Handlers<AuthorityRoute> {
  const { trust, rotation } = services;
  return {
    showAuthorities: async () => ({ caPem: trust.caPem }),
    showRotation: async () => rotationView(services),
    rotateAuthority: async ({ body }, { actor }) => {
      await rotation.rotate(actor, body);
      return rotationView(services);
    },
    retireAuthority: async ({ body }, { actor }) => {
      await rotation.retire(actor, body);
      return rotationView(services);
    },
  };
}

export function rotationView({ trust, rotation, store }: Pick<Services, "trust" | "rotation" | "store">): Rotation {
  const { successor } = trust;
  const { retiresMicros } = rotation;
  return {
    phase: successor?.phase ?? "none",
    fingerprint: trust.caFingerprint,
    successor: successor?.fingerprint ?? null,
    since: successor === undefined ? null : formatTime(successor.sinceMicros),
    retiresAt: retiresMicros === undefined ? null : formatTime(retiresMicros),
    members: store.members.presentCount(),
    behind: rotation.behind().map(({ id, role, name }) => ({ id, role, name })),
  };
}
