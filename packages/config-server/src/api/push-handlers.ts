import type { Push } from "@leeward/api";
import { formatTime } from "@leeward/base";
import type { PushRow } from "../store/push-rows.ts";
import type { Handlers } from "./handler.ts";
import { createdMicrosOf, newestPageOf } from "./pages.ts";
import type { Services } from "./services.ts";
import { jobView } from "./views.ts";

/** Agents of other machines. */
export function pushHandlers({ store, pushes, jobs }: Services): Handlers<"pushAgents" | "listPushes" | "showPush"> {
  return {
    pushAgents: async ({ body }, { actor }) => {
      const begun = await pushes.begin(body, actor);
      return { items: begun.map(({ push, job }) => ({ push: pushView(push), job: jobView(job, jobs) })) };
    },
    listPushes: async ({ query }, { within }) =>
      newestPageOf(query, {
        within,
        rows: (page) => store.pushes.list(page),
        microsOf: createdMicrosOf,
        view: pushView,
      }),
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
