import { Fault } from "@leeward/base";

export function seedImpossible(what: string): Fault {
  return new Fault({
    code: "seed-impossible",
    kind: "operator",
    message: `There is no seed for ${what}.`,
    remedy:
      "Protect it without --seed, or with the splitter and one target. A bandwidth schedule spreads the first copy over nights.",
  });
}

export function seededElsewhere(disk: string): Fault {
  return new Fault({
    code: "disk-seeded",
    kind: "operator",
    message: `${disk} began with a seed, which its main target alone holds; it cannot go to another one.`,
    remedy: "Unprotect it and protect it anew with --also-to; the points until then stay.",
    detail: { disk },
  });
}

export function seedLoading(subject: string, job: string): Fault {
  return new Fault({
    code: "seed-loading",
    kind: "operator",
    message: `The seed of ${subject} is being loaded.`,
    remedy: `Wait until the job ${job} has ended, or cancel it first: \`leeward job cancel ${job}\`.`,
    detail: { subject, job },
  });
}

export function seedNotAwaited(subject: string): Fault {
  return new Fault({
    code: "seed-not-awaited",
    kind: "operator",
    message: `${subject} does not wait for a seed.`,
    remedy: "A seed is for a disk that was protected with --seed, and is loaded once; see `leeward disk status`.",
    detail: { subject },
  });
}

/** What a person is asked for while a seed is on its way. */
export function seedAwaited(subject: string): Fault {
  return new Fault({
    code: "seed-awaited",
    kind: "operator",
    message: `${subject} is not replicated yet: it waits for its seed.`,
    remedy:
      "Save it on its machine with `leeward seed save`, carry it, and load it with `leeward seed load`; or have all of it sent: `leeward seed cancel`.",
    detail: { subject },
  });
}
