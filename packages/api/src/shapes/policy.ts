import { type Static, type TProperties, Type } from "typebox";
import { Name, STRICT } from "./schema-words.ts";

const MiB = 1024 * 1024;
const TiB = MiB * MiB;

/** Bringing applications to rest costs them something: not more often than each minute, seconds. */
const APPLICATION_POINT_SECONDS_MIN = 60;
const APPLICATION_POINT_SECONDS_MAX = 7 * 86_400;

/** What may be set in a policy. Bytes of 0 mean no limit where the field says so. */
const SETTINGS = {
  pointIntervalSeconds: Type.Number({ minimum: 0.2, maximum: 86_400, description: "seconds between recovery points" }),
  applicationPointIntervalSeconds: Type.Union(
    [Type.Literal(0), Type.Integer({ minimum: APPLICATION_POINT_SECONDS_MIN, maximum: APPLICATION_POINT_SECONDS_MAX })],
    { description: "seconds between application-consistent points; 0 is none" },
  ),
  trackerPointIntervalSeconds: Type.Integer({
    minimum: 60,
    maximum: 86_400,
    description: "seconds between points of tracked disks, whose file systems are held still for each",
  }),
  logBytesMax: Type.Integer({ minimum: 16 * MiB, maximum: 16 * TiB, description: "change log per disk, bytes" }),
  copyBytesPerSecondMax: Type.Integer({
    minimum: 0,
    maximum: TiB,
    description: "initial copy and resync; 0 is no limit",
  }),
  retentionSeconds: Type.Integer({
    minimum: 60,
    maximum: 10 * 366 * 86_400,
    description: "how far back points are kept",
  }),
  retention: Type.String({
    minLength: 1,
    maxLength: 256,
    description:
      "which points are kept for how long, such as 2h:all,24h:5m,30d:1h; its whole reach is retentionSeconds",
  }),
  retentionBytesMax: Type.Integer({ minimum: 0, maximum: 1024 * TiB, description: "journal per disk; 0 is no limit" }),
  codec: Type.Enum(["none", "lz4", "zstd"]),
  cacheBytesMax: Type.Integer({
    minimum: 16 * MiB,
    maximum: 16 * TiB,
    description: "process server's cache per disk, bytes",
  }),
  resyncWindow: Type.String({
    minLength: 1,
    maxLength: 1_024,
    description: "when a rescan may read the disk: always, outside-working-hours, or hours such as sat,sun 22:00-06:00",
  }),
  resyncDays: Type.Number({
    minimum: 0,
    maximum: 366,
    description: "days after which a disk is read anew and what differs is sent, in its resyncWindow; 0 is never",
  }),
  verifyDays: Type.Number({
    minimum: 0,
    maximum: 366,
    description: "days within which every block is compared with its source; 0 is never",
  }),
} satisfies TProperties;

export const PolicySettings = Type.Object(SETTINGS);
export type PolicySettings = Static<typeof PolicySettings>;

export const Policy = Type.Object({ name: Name, builtIn: Type.Boolean(), ...SETTINGS });
export type Policy = Static<typeof Policy>;

/** What `policy set` changes; a policy that does not exist is made from the default one. */
export const PolicyChange = Type.Partial(Type.Object(SETTINGS), STRICT);
export type PolicyChange = Static<typeof PolicyChange>;
