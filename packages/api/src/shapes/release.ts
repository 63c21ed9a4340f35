import { type Static, Type } from "typebox";
import { Bytes, nullable, Time } from "./schema-words.ts";

/** "0.1.0", as the program says it. */
export const Version = Type.String({ pattern: "^\\d[A-Za-z0-9.-]{0,40}$", description: "version" });

/** A file of a release that the config server keeps for agents. */
export const ReleaseFile = Type.Object({
  file: Type.String(),
  version: Version,
  kind: Type.Enum(["deb", "tar.gz"]),
  bytes: Bytes,
  sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
  addedAt: Time,
  addedBy: Type.String(),
});
export type ReleaseFile = Static<typeof ReleaseFile>;

/** How much of a file has come; the file itself once all of it has. */
export const ReleasePart = Type.Object({ receivedBytes: Bytes, release: nullable(ReleaseFile) });
export type ReleasePart = Static<typeof ReleasePart>;
