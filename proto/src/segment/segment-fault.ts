import { Fault, type FaultDetail } from "@leeward/base";

/** A frame, or what it holds, is not what the format allows. */
export function frameDamaged(why: string, detail: FaultDetail = {}): Fault {
  return new Fault({ code: "frame-damaged", kind: "corruption", message: `A frame is damaged: ${why}.`, detail });
}

/** A header, footer, trailer or index page is not what the format allows. */
export function segmentDamaged(why: string, detail: FaultDetail = {}): Fault {
  return new Fault({ code: "segment-damaged", kind: "corruption", message: `A segment is damaged: ${why}.`, detail });
}

/** The file was not written by us. */
export function segmentForeign(why: string): Fault {
  return new Fault({ code: "segment-foreign", kind: "operator", message: `Not a segment of ours: ${why}.` });
}

/** The file was written by a newer version of us. */
export function segmentUnsupported(why: string, detail: FaultDetail): Fault {
  return new Fault({
    code: "segment-unsupported",
    kind: "operator",
    message: `The segment needs a newer version: ${why}.`,
    detail,
  });
}
