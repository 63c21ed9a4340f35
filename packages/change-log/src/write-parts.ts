import { FRAME_PAYLOAD_BYTES_MAX } from "@leeward/proto";

/** A view of the data of a write that lies in parts. */
export interface PartsPiece {
  /** Where it begins in the write. */
  readonly skip: number;
  readonly length: number;
  readonly parts: readonly Uint8Array[];
}

/** The parts one after another, cut so that each piece fits a frame. */
export function* piecesOf(parts: readonly Uint8Array[]): Generator<PartsPiece> {
  let skip = 0;
  let piece: Uint8Array[] = [];
  let length = 0;
  for (let rest of parts) {
    while (rest.length > 0) {
      const taken = rest.subarray(0, FRAME_PAYLOAD_BYTES_MAX - length);
      piece.push(taken);
      length += taken.length;
      rest = rest.subarray(taken.length);
      if (length < FRAME_PAYLOAD_BYTES_MAX) continue;
      yield { skip, length, parts: piece };
      skip += length;
      piece = [];
      length = 0;
    }
  }
  if (length > 0) yield { skip, length, parts: piece };
}
