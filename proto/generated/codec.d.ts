// Made by `npm run proto`. Do not edit.
import type { Reader, Writer } from "protobufjs/minimal.js";
import type { RawEnvelope } from "./messages.ts";

export const leeward: {
  readonly Envelope: { encode(message: RawEnvelope): Writer; decode(reader: Reader): RawEnvelope };
};
