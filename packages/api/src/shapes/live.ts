import { type Static, Type } from "typebox";

/** Where live notices come from: GET, upgraded to a WebSocket. */
export const LIVE_PATH = "/v1/live";

/** What a live notice may name: whose lists and items are worth asking for again. */
export const LiveTopic = Type.Enum([
  "machines",
  "disks",
  "points",
  "jobs",
  "events",
  "alerts",
  "servers",
  "failovers",
  "drills",
  "plans",
  "policies",
  "groups",
  "users",
  "approvals",
  "installation",
]);
export type LiveTopic = Static<typeof LiveTopic>;

/** Each message of the socket, a JSON text: `hello` is the first one, and each `changed` tells of at least the second before it. */
export const LiveMessage = Type.Union([
  Type.Object({ hello: Type.Object({ version: Type.String() }) }),
  Type.Object({ changed: Type.Array(LiveTopic) }),
]);
export type LiveMessage = Static<typeof LiveMessage>;
