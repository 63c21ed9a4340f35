import { Fault, type FaultDetail } from "@leeward/base";

/** A frame, or what it holds, is not what the format allows. */
export function frameDamaged(why: string, detail: FaultDetail = {}): Fault {
  return new Fault({
    code: "frame-damaged",
    kind: "corruption",
    message: `A frame is damaged: ${why}.`,
    remedy:
      "Check the disk that holds the file. `leeward hrl verify` says which files are concerned; points that need them are withdrawn.",
    detail,
  });
}

/** A header, footer, trailer or index page is not what the format allows. */
export function segmentDamaged(why: string, detail: FaultDetail = {}): Fault {
  return new Fault({
    code: "segment-damaged",
    kind: "corruption",
    message: `A segment is damaged: ${why}.`,
    remedy:
      "Check the disk that holds it. `leeward hrl verify` names the files; take them from another copy of the journal.",
    detail,
  });
}

/** The file was not written by us. */
export function segmentForeign(why: string): Fault {
  return new Fault({
    code: "segment-foreign",
    kind: "operator",
    message: `Not a segment of ours: ${why}.`,
    remedy: "Name `.hrl` files only; move a foreign file out of the folder.",
  });
}

/** The file was written by a newer version of us. */
export function segmentUnsupported(why: string, detail: FaultDetail): Fault {
  return new Fault({
    code: "segment-unsupported",
    kind: "operator",
    message: `The segment needs a newer version: ${why}.`,
    remedy: "Read it with that release or a newer one.",
    detail,
  });
}
