import { Fault } from "@leeward/base";

/** Another holds the blob's lease, or took it meanwhile. */
export function pageBlobBusy(place: string, cause?: unknown): Fault {
  return new Fault({
    code: "page-blob-busy",
    kind: "transient",
    message: `${place} is being written to by another.`,
    remedy:
      "Wait until that has ended, and publish again. After a publish that was killed the blob is free within a minute.",
    detail: { place },
    cause,
  });
}

/** What lies there is not to be written over. */
export function pageBlobUnsuitable(place: string, why: string, cause?: unknown): Fault {
  return new Fault({
    code: "page-blob-unsuitable",
    kind: "operator",
    message: `${place} is not written to: ${why}.`,
    remedy: "Publish to another name, or remove that blob yourself if nobody needs it.",
    detail: { place },
    cause,
  });
}
