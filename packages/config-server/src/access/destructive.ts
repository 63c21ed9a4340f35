// Which calls need a second person, where the installation wants one: those after which something is gone that nobody can bring back, and those by
// which one person could become two.
import type { CallOf, RouteName, Routes } from "@leeward/api";
import { findScope, findServer } from "../api/lookup.ts";
import type { Services } from "../api/services.ts";
import { allPointsFor, isShorter, parseRetention } from "../plans/retention-text.ts";
import { whatChanged } from "./users.ts";

export interface Destruction {
  readonly summary: string;
  readonly subject: string | null;
  readonly machineId: string | null;
  /** What the call's names stand for, and what it changes, as it is now: when that is another, it is another approval. */
  readonly binds: Binds;
}

type Binds = Readonly<Record<string, unknown>>;

type Judge<N extends RouteName> = (
  call: CallOf<Routes[N]>,
  services: Services,
  asker: string,
) => Destruction | undefined;
type Judges = { readonly [N in RouteName]?: Judge<N> };

const JUDGES: Judges = {
  removeMachine: ({ params, query }, services) => {
    const points = query?.deletePoints === true ? " and deletes its points" : "";
    return ofMachine(services, params.machine, (name) => `This removes the machine ${name}${points}.`);
  },
  unprotectDisk: ({ params, query }, services) =>
    query?.deletePoints !== true
      ? undefined
      : ofDisk(services, params, (disk) => `This deletes the points of ${disk}.`),
  removeTarget: ({ params, query }, services) =>
    query?.deletePoints !== true ? undefined : ofDisk(services, params, (disk) => `This deletes points of ${disk}.`),
  unlockPoint: ({ params }, services) =>
    ofMachine(services, params.machine, (name) => `This takes the lock from the point ${params.point} of ${name}.`),
  unplannedFailover: ({ params }, services) =>
    ofMachine(services, params.machine, (name) => `This starts ${name} at its target, in the place of its source.`),
  runRecoveryPlan: ({ params, body }, { store }) => {
    const plan = store.recoveryPlans.find(params.plan);
    if (body.kind !== "unplanned" || plan === undefined) return undefined;
    const { id, name, steps } = plan;
    const machines = steps.flatMap(({ machine }) => (machine === null ? [] : [machine]));
    const machineIds = machines.map((machine) => store.members.find("agent", machine)?.id);
    const summary = `This runs the recovery plan ${name}, which starts ${machines.join(", ")} at their targets, in the place of their sources.`;
    return ofAll(summary, name, { plan: id, steps, machineIds });
  },
  removeServer: ({ params }, { store }) => {
    const { id, name } = findServer(store, params.server);
    return ofAll(`This removes the server ${name}.`, name, { server: id });
  },
  setPolicy: ({ params: { name }, body }, { store }) => {
    const before = store.policies.byName(name)?.settings;
    if (before === undefined) return undefined;
    const { retention, retentionSeconds, retentionBytesMax = before.retentionBytesMax } = body;
    const text = retention ?? (retentionSeconds === undefined ? before.retention : allPointsFor(retentionSeconds));
    const fewerBytes =
      retentionBytesMax !== 0 && (before.retentionBytesMax === 0 || retentionBytesMax < before.retentionBytesMax);
    const isLess = fewerBytes || isShorter(parseRetention(before.retention), parseRetention(text));
    const kept = { retention: before.retention, retentionBytesMax: before.retentionBytesMax };
    return isLess ? ofAll(`This keeps fewer points under the policy ${name}.`, name, kept) : undefined;
  },
  exportRecoveryKey: () => ofAll("This reads the private half of the recovery key.", null),
  // Who was let read it proves that it was kept, and is asked no second time.
  eraseRecoveryKey: (_call, { store, world }, asker) =>
    store.approvals.wasUsed({ asker, action: "exportRecoveryKey" }, world.clock.wallMicros())
      ? undefined
      : ofAll("This erases the private half of the recovery key here.", null),
  setInstallation: ({ body }) =>
    body.secondPerson === false ? ofAll("This takes the second person away.", null) : undefined,
  removeUser: ({ params }, { users }) => {
    const { id, name } = users.find(params.user);
    return ofAll(`This removes the user ${name}.`, name, { user: id });
  },
  createUser: ({ body }, { store }) =>
    body.role === "administrator"
      ? ofAll(`This makes ${body.name} an administrator.`, body.name, { scope: findScope(store, body.scope) })
      : undefined,
  createToken: ({ body }, { store }) =>
    body.role === "administrator"
      ? ofAll("This makes an administrator's token.", null, { scope: findScope(store, body.scope) })
      : undefined,
  setUser: ({ params, body }, { store, users }) => {
    const { id, name, role, ...before } = users.find(params.user);
    const { scope, ...change } = body;
    const limit = scope === undefined ? {} : { scope: findScope(store, scope) };
    const binds = { user: id, role, disabled: before.disabled, scopeBefore: before.scope, ...limit };
    const said = whatChanged({ ...change, ...limit }).join(", ");
    const becomes = body.role === "administrator" && role !== "administrator";
    if (becomes) return ofAll(`This makes ${name} an administrator: ${said}.`, name, binds);
    const getsIn =
      role === "administrator" && (body.password !== undefined || body.disabled === false || body.scope === null);
    return getsIn ? ofAll(`This changes how the administrator ${name} gets in: ${said}.`, name, binds) : undefined;
  },
};

/** What the call of `asker` would do that needs a second person; undefined when it does nothing of that kind. */
export function destructionOf<N extends RouteName>(
  name: N,
  { call, asker }: { readonly call: CallOf<Routes[N]>; readonly asker: string },
  services: Services,
): Destruction | undefined {
  const judge: Judge<N> | undefined = JUDGES[name];
  return judge?.(call, services, asker);
}

/** The routes of which some calls need a second person. */
export const DESTRUCTIVE_ROUTES: readonly string[] = Object.keys(JUDGES);

/** Nothing for a machine that does not exist: the call says so itself. */
function ofMachine({ store }: Services, nameOrId: string, summary: (name: string) => string): Destruction | undefined {
  const machine = store.members.find("agent", nameOrId);
  if (machine === undefined) return undefined;
  const { id, name } = machine;
  return { summary: summary(name), subject: name, machineId: id, binds: { machine: id } };
}

function ofDisk(
  services: Services,
  { machine, disk, target }: { readonly machine: string; readonly disk: string; readonly target?: string },
  summary: (disk: string) => string,
): Destruction | undefined {
  const of = ofMachine(services, machine, (name) => summary(`${name}/${disk}`));
  if (of === undefined) return undefined;
  const { disks, members } = services.store;
  const diskId = disks.find(of.machineId ?? "", disk)?.id;
  const targetId = target === undefined ? undefined : members.find("master-target", target)?.id;
  return { ...of, binds: { ...of.binds, disk: diskId, target: targetId } };
}

function ofAll(summary: string, subject: string | null, binds: Binds = {}): Destruction {
  return { summary, subject, machineId: null, binds };
}
