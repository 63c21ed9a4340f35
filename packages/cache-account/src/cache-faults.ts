import { Fault } from "@leeward/base";

/** An object of a cache container is not what an end of it put there: changed, cut, or another object's. */
export function cacheObjectDamaged(key: string, why: string, cause?: unknown): Fault {
  return new Fault({
    code: "cache-object-damaged",
    kind: "protocol",
    message: `The object ${key} of the cache container is not what was put there: ${why}.`,
    remedy:
      "See who else may write to the container, and whether both ends have the identities that the config server knows. What it held is sent again from the agent's log, or copied again.",
    detail: { key },
    cause,
  });
}

/** A deposit is not there although a later one is. */
export function depositMissing(key: string): Fault {
  return new Fault({
    code: "deposit-missing",
    kind: "protocol",
    message: `The deposit ${key} is not in the cache container, and a later one is.`,
    remedy:
      "See who else may remove what is in the container (rules of its lifecycle, too). What it held is sent again from the agent's log, or copied again.",
    detail: { key },
  });
}

/** The store gives an older word of the process server than it gave before. */
export function cacheWordOld(key: string): Fault {
  return new Fault({
    code: "cache-word-old",
    kind: "protocol",
    message: `The object ${key} of the cache container is an older one than was read before; it is passed over.`,
    remedy: "See who else may write to the container. It goes on by itself with the process server's next word.",
    detail: { key },
  });
}

/** Somebody else puts deposits as this machine. */
export function cacheContested(place: string): Fault {
  return new Fault({
    code: "cache-contested",
    kind: "operator",
    message: `Somebody else puts deposits as this machine into ${place}.`,
    remedy:
      "See `leeward status`: it says so when the machine has a copy. It goes on by itself on the host that the config server knows as the machine.",
    detail: { place },
  });
}

/** The newest course is of another home, or was taken from this one: it may be of a copy of the machine. */
export function cacheUnconfirmed(place: string): Fault {
  return new Fault({
    code: "cache-unconfirmed",
    kind: "transient",
    message: `Somebody else has put deposits as this machine into ${place}; nothing is put there until the config server knows this host as the machine.`,
    remedy: "See that the config server can be reached, and `leeward status`: it says so when the machine has a copy.",
    detail: { place },
  });
}

/** The other end of a cache container has not answered what it was asked. */
export function cacheUnanswered(afterMs: number): Fault {
  return new Fault({
    code: "cache-unanswered",
    kind: "transient",
    message: `The process server has not answered over the cache container for ${afterMs / 1_000} s.`,
    detail: { afterMs },
  });
}
