import type { PolicyChange, StatusItem } from "@leeward/api";
import { formatTime, parseTime } from "@leeward/base";
import { formatWorkingHours, normalTimeWindow, parseWorkingHours } from "@leeward/daemon";
import { secondPersonAlone } from "../access/access-faults.ts";
import { ratingOf } from "../alerts/alert-engine.ts";
import { policyUnknown, retentionContradicts, serverForwardsNothing } from "../faults.ts";
import { type Condition, keyOf } from "../health/condition.ts";
import { readConditions } from "../health/read-conditions.ts";
import { statusItems } from "../health/status-items.ts";
import { hasEnded } from "../jobs/job-runner.ts";
import { workingHoursOf } from "../plans/installation.ts";
import { allPointsFor, formatRetention, parseRetention } from "../plans/retention-text.ts";
import type { AlertRow } from "../store/alert-rows.ts";
import type { JobRow } from "../store/job-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import { POLICY_DEFAULT_NAME, type PolicyRow } from "../store/policy-rows.ts";
import { installationSettings, policySettings } from "./edited.ts";
import type { Handlers } from "./handler.ts";
import { longPoll } from "./long-poll.ts";
import { findMachine, findServer, viewFactsOf } from "./lookup.ts";
import { createdMicrosOf, newestPageOf, pageOf } from "./pages.ts";
import { setSender } from "./sender-change.ts";
import type { Services } from "./services.ts";
import { jobView, serverView } from "./views.ts";

type OperationRoute =
  | "listPolicies"
  | "showPolicy"
  | "setPolicy"
  | "listJobs"
  | "showJob"
  | "cancelJob"
  | "status"
  | "listServers"
  | "setServer"
  | "showInstallation"
  | "setInstallation"
  | "removeServer"
  | "live";

/** Policies, jobs, events, servers, and what needs a person. */
export function operationHandlers(services: Services): Handlers<OperationRoute> {
  return {
    ...policyHandlers(services),
    ...jobHandlers(services),
    ...serverHandlers(services),
    ...installationHandlers(services),
  };
}

function policyHandlers({
  store,
  events,
  plansChanged,
}: Services): Handlers<"listPolicies" | "showPolicy" | "setPolicy"> {
  const view = ({ name, settings }: PolicyRow) => ({ name, builtIn: name === POLICY_DEFAULT_NAME, ...settings });
  const find = (name: string): PolicyRow => {
    const policy = store.policies.byName(name);
    if (policy === undefined) throw policyUnknown(name);
    return policy;
  };
  return {
    listPolicies: async ({ query }, { within }) => {
      const key = ({ name }: PolicyRow) => [name === POLICY_DEFAULT_NAME ? 0 : 1, name];
      return pageOf(query, { within, rows: store.policies.list(), key, view });
    },
    showPolicy: async ({ params }) => view(find(params.name)),
    setPolicy: async ({ params: { name }, body: asked }, { actor, requireSeen }) => {
      const { resyncWindow } = asked;
      const window = resyncWindow === undefined ? {} : { resyncWindow: normalTimeWindow(resyncWindow) };
      const body = { ...asked, ...window, ...retentionOf(asked) };
      store.transaction(() => {
        const known = store.policies.byName(name);
        requireSeen(known && policySettings(view(known)));
        const before = known ?? find(POLICY_DEFAULT_NAME);
        store.policies.put({ name, settings: { ...before.settings, ...body } });
        const said = Object.entries(body)
          .map(([key, value]) => `${key}=${String(value)}`)
          .join(" ");
        const message = `The policy ${name} was set: ${said}.`;
        events.add(actor, { severity: "info", kind: "policy-set", subject: name, message, detail: { ...body } });
      });
      plansChanged();
      return view(find(name));
    },
  };
}

/** Said in one way or in the other, it is stored in both. @throws Fault `retention-invalid` */
function retentionOf({
  retention,
  retentionSeconds,
}: PolicyChange): Pick<PolicyChange, "retention" | "retentionSeconds"> {
  if (retention !== undefined && retentionSeconds !== undefined) throw retentionContradicts();
  if (retentionSeconds !== undefined) return { retention: allPointsFor(retentionSeconds) };
  if (retention === undefined) return {};
  const tiers = parseRetention(retention);
  return { retention: formatRetention(tiers), retentionSeconds: tiers.retentionSeconds };
}

function jobHandlers({ store, jobs, world }: Services): Handlers<"listJobs" | "showJob" | "cancelJob"> {
  return {
    listJobs: async ({ query }, { within }) => {
      const { state, kind, subject, machine, since } = query ?? {};
      const of = {
        ...(state !== undefined && { state }),
        ...(kind !== undefined && { kind }),
        ...(subject !== undefined && { subject }),
        ...(machine !== undefined && { machineId: findMachine(store, machine).id }),
        ...(since !== undefined && { sinceMicros: parseTime(since) }),
      };
      return newestPageOf(query, {
        within,
        rows: (page) => store.jobs.list(of, page),
        microsOf: createdMicrosOf,
        view: (job: JobRow) => jobView(job, jobs),
      });
    },
    showJob: async ({ params, query }, { signal }) => {
      await longPoll({
        look: () => (hasEnded(jobs.find(params.id).state) ? true : undefined),
        changed: () => jobs.changed(),
        waitSeconds: query?.waitSeconds ?? 0,
        clock: world.clock,
        signal,
      });
      return jobView(jobs.find(params.id), jobs);
    },
    cancelJob: async ({ params }, { actor }) => jobView(jobs.cancel(params.id, actor), jobs),
  };
}

function serverHandlers(
  services: Services,
): Handlers<"status" | "listServers" | "setServer" | "removeServer" | "live"> {
  const { store, removal, serverId, softwareVersion, world } = services;
  return {
    status: async ({ query }, { within }) => {
      const standing = new Map(store.alerts.standing().map((alert) => [alert.key, alert]));
      const rules = store.alertRules.all();
      // An alert that rests stands still, but what it is of does not need anybody now.
      const alertOf = (condition: Condition): AlertRow | undefined =>
        ratingOf(condition, rules) === undefined ? undefined : standing.get(keyOf(condition));

      const rows = statusItems(await readConditions(services), alertOf);
      const key = ({ severity, code, subject, message }: StatusItem) => [
        severity === "critical" ? 0 : 1,
        code,
        subject ?? "",
        message,
      ];
      return pageOf(query, { within, rows, key, view: (item) => item });
    },
    listServers: async ({ query }, { within }) => {
      const servers = store.members.list().filter((member) => member.role !== "agent");
      const shown = query?.removed === true ? servers : servers.filter(({ removedMicros }) => removedMicros === null);
      const facts = viewFactsOf(services);
      const view = (server: MemberRow) => serverView(server, facts);
      return pageOf(query, { within, rows: shown, key: ({ name, id }) => [name, id], view });
    },
    setServer: async ({ params, body }, { actor }) => {
      const { id, name, role } = findServer(store, params.server);
      if (role !== "process-server") throw serverForwardsNothing(name);
      setSender(services, id, { change: body, actor });
      return serverView(findServer(store, id), viewFactsOf(services));
    },
    removeServer: async ({ params }, { actor }) => {
      const removed = await removal.remove(findServer(store, params.server), { actor, deletePoints: false });
      return serverView(removed, viewFactsOf(services));
    },
    live: async () => ({
      state: "ok",
      version: softwareVersion,
      id: serverId,
      time: formatTime(world.clock.wallMicros()),
    }),
  };
}

/** What holds for all machines. */
function installationHandlers({
  store,
  events,
  serverId,
  plansChanged,
  secondPerson,
  users,
}: Services): Handlers<"showInstallation" | "setInstallation"> {
  const view = () => {
    const workingHours = formatWorkingHours(workingHoursOf(store.facts));
    return { id: serverId, workingHours, secondPerson: secondPerson.isWanted };
  };
  return {
    showInstallation: async () => view(),
    setInstallation: async ({ body }, { actor, requireSeen }) => {
      requireSeen(installationSettings(view()));
      const before = view().workingHours;
      const workingHours =
        body.workingHours === undefined ? before : formatWorkingHours(parseWorkingHours(body.workingHours));
      if (body.secondPerson === true && !secondPerson.isPossible(users.administrators())) throw secondPersonAlone();
      store.transaction(() => {
        if (body.workingHours !== undefined) {
          store.facts.set("workingHours", workingHours);
          const message = `Working hours were set: ${workingHours}. Before: ${before}.`;
          const detail = { workingHours, before };
          events.add(actor, { severity: "info", kind: "installation-set", subject: null, message, detail });
        }
        if (body.secondPerson !== undefined) {
          store.facts.set("secondPerson", body.secondPerson ? "yes" : "no");
          const message = body.secondPerson
            ? "What destroys needs a second person from now on."
            : "What destroys needs no second person any more.";
          const detail = { secondPerson: body.secondPerson };
          events.add(actor, { severity: "warning", kind: "installation-set", subject: null, message, detail });
        }
      });
      plansChanged();
      return view();
    },
  };
}
