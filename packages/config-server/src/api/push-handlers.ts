import type { Push } from "@leeward/api";
import { formatTime } from "@leeward/base";
import type { NewestQuery } from "../store/newest-page.ts";
import type { PushRow } from "../store/push-rows.ts";
import type { Handlers } from "./handler.ts";
import { createdMicrosOf, newestPageOf, pageOf } from "./pages.ts";
import type { Services } from "./services.ts";
import { jobView } from "./views.ts";

/** More pushes than an installation has. */
const PUSHES_LISTED_MAX = 100_000;

/** Agents of other machines. */
export function pushHandlers({ store, pushes, jobs }: Services): Handlers<"pushAgents" | "listPushes" | "showPush"> {
  return {
    pushAgents: async ({ body }, { actor }) => {
      const begun = await pushes.begin(body, actor);
      return { items: begun.map(({ push, job }) => ({ push: pushView(push), job: jobView(job, jobs) })) };
    },
    listPushes: async ({ query }, { within }) => {
      const rows = (page: NewestQuery): PushRow[] => store.pushes.list(page);
      if (within.machineIds === undefined)
        return newestPageOf(query, { within, rows, microsOf: createdMicrosOf, view: pushView });
      // Whose a push is lies in what it found, which the database does not look into.
      const all = rows({ limit: PUSHES_LISTED_MAX });
      const key = ({ createdMicros, id }: PushRow): readonly (string | number)[] => [-createdMicros, id];
      return pageOf(query, { within, rows: all, key, view: pushView });
    },
    showPush: async ({ params }) => pushView(pushes.find(params.id)),
  };
}

function pushView(row: PushRow): Push {
  const {
    hostKey = null,
    jumpHostKey = null,
    findings = null,
    memberId = null,
    name = null,
    undone = null,
  } = row.found;
  const { problem } = row.found;
  return {
    id: row.id,
    kind: row.kind,
    host: row.host,
    port: row.port,
    user: row.order.target.user,
    state: row.state,
    processServer: row.processServerId,
    hostKey,
    jumpHostKey,
    found: findings,
    machine: memberId,
    machineName: name,
    error: problem === undefined ? null : { ...problem, detail: { host: row.host } },
    undone,
    actor: row.actor,
    job: row.jobId,
    createdAt: formatTime(row.createdMicros),
    endedAt: row.endedMicros === null ? null : formatTime(row.endedMicros),
  };
}
