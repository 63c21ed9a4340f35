import { Type } from "typebox";
import type { Route } from "../route.ts";
import { itemsBy, OF_MACHINE } from "../route-scope.ts";
import {
  DiskStages,
  InstallationSamples,
  Link,
  MachineSamples,
  PointWay,
  ProtectionPlan,
  Timeline,
} from "../shapes/history.ts";
import { pageOf, pageQuery } from "../shapes/page.ts";
import { NameOrId, STRICT } from "../shapes/schema-words.ts";

const machine = Type.Object({ machine: NameOrId });
const timeText = Type.Optional(Type.String({ maxLength: 40, description: "RFC 3339" }));
const within = { from: timeText, to: timeText };
/** Query values are text on the wire; what is no number is refused by name. */
const step = Type.Optional(Type.Integer({ minimum: 60, maximum: 3_600, description: "seconds: 60, 300, 900 or 3600" }));
const machineAndPoint = Type.Object({
  machine: NameOrId,
  point: Type.String({ pattern: "^[0-9a-f]{32}$", description: "a point's id" }),
});
const whatIf = Type.Object(
  {
    days: Type.Optional(Type.Number({ minimum: 0.01, maximum: 90, description: "how far back churn is looked at" })),
    retentionDays: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 3_650 })),
    growth: Type.Optional(Type.Number({ minimum: -1, maximum: 100, description: "0.2 is a fifth more of everything" })),
    machines: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, description: "as many machines like these" })),
    churnFactor: Type.Optional(Type.Number({ minimum: 0, maximum: 1_000 })),
    outageHours: Type.Optional(Type.Number({ minimum: 0, maximum: 8_760, description: "that the cache is to bridge" })),
    bandwidth: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, description: "bytes per second, for the initial copy" }),
    ),
  },
  STRICT,
);

/** What was, what runs now stage by stage, and what it needs. */
// biome-ignore format: one line per route reads as the table that it is.
export const HISTORY_ROUTES = {
  listSamples: { method: "GET", path: "/v1/machines/:machine/samples", role: "viewer", scope: OF_MACHINE, summary: "List what was sampled of a machine's disks: RPO, churn, log, journal", params: machine, query: pageQuery({ ...within, step }), status: 200, response: MachineSamples },
  installationSamples: { method: "GET", path: "/v1/samples", role: "viewer", scope: "installation", summary: "List what was sampled of all machines: the worst RPO and the churn of each", query: Type.Object({ ...within, step }, STRICT), status: 200, response: InstallationSamples },
  timeline: { method: "GET", path: "/v1/machines/:machine/timeline", role: "viewer", scope: OF_MACHINE, summary: "Show how well each stretch of time can be recovered", params: machine, query: Type.Object(within, STRICT), status: 200, response: Timeline },
  listStages: { method: "GET", path: "/v1/stages", role: "viewer", scope: itemsBy("machine"), summary: "List each disk's way stage by stage, and which stage the others wait for", query: pageQuery({ machine: Type.Optional(NameOrId) }), status: 200, response: pageOf(DiskStages) },
  listLinks: { method: "GET", path: "/v1/links", role: "viewer", scope: "installation", summary: "List who is connected to whom, and what goes there", query: pageQuery({}), status: 200, response: pageOf(Link) },
  planProtection: { method: "GET", path: "/v1/planner", role: "viewer", scope: "installation", summary: "Compute what the installation needs from what was observed of it, or what it would need", query: whatIf, status: 200, response: ProtectionPlan },
  pointWay: { method: "GET", path: "/v1/machines/:machine/points/:point/way", role: "viewer", scope: OF_MACHINE, summary: "Show when each daemon did what with a recovery point", params: machineAndPoint, status: 200, response: PointWay },
} as const satisfies Record<string, Route>;
