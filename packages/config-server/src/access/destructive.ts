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
}

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
      : ofMachine(services, params.machine, (name) => `This deletes the points of ${name}/${params.disk}.`),
  removeTarget: ({ params, query }, services) =>
    query?.deletePoints !== true
      ? undefined
      : ofMachine(services, params.machine, (name) => `This deletes points of ${name}/${params.disk}.`),
  unlockPoint: ({ params }, services) =>
    ofMachine(services, params.machine, (name) => `This takes the lock from the point ${params.point} of ${name}.`),
  unplannedFailover: ({ params }, services) =>
    ofMachine(services, params.machine, (name) => `This starts ${name} at its target, in the place of its source.`),
  removeServer: ({ params }, { store }) => {
    const { name } = findServer(store, params.server);
    return ofAll(`This removes the server ${name}.`, name);
  },
  setPolicy: ({ params: { name }, body }, { store }) => {
    const before = store.policies.byName(name)?.settings;
    if (before === undefined) return undefined;
    const { retention, retentionSeconds, retentionBytesMax = before.retentionBytesMax } = body;
    const text = retention ?? (retentionSeconds === undefined ? before.retention : allPointsFor(retentionSeconds));
    const fewerBytes =
      retentionBytesMax !== 0 && (before.retentionBytesMax === 0 || retentionBytesMax < before.retentionBytesMax);
    const isLess = fewerBytes || isShorter(parseRetention(before.retention), parseRetention(text));
    return isLess ? ofAll(`This keeps fewer points under the policy ${name}.`, name) : undefined;
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
    const { name } = users.find(params.user);
    return ofAll(`This removes the user ${name}.`, name);
  },
  createUser: ({ body }) =>
    body.role === "administrator" ? ofAll(`This makes ${body.name} an administrator.`, body.name) : undefined,
  createToken: ({ body }) =>
    body.role === "administrator" ? ofAll("This makes an administrator's token.", null) : undefined,
  setUser: ({ params, body }, { store, users }) => {
    const { name, role } = users.find(params.user);
    const { scope, ...change } = body;
    const limit = scope === undefined ? {} : { scope: findScope(store, scope) };
    const said = whatChanged({ ...change, ...limit }).join(", ");
    const becomes = body.role === "administrator" && role !== "administrator";
    if (becomes) return ofAll(`This makes ${name} an administrator: ${said}.`, name);
    const getsIn =
      role === "administrator" && (body.password !== undefined || body.disabled === false || body.scope === null);
    return getsIn ? ofAll(`This changes how the administrator ${name} gets in: ${said}.`, name) : undefined;
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
  return machine === undefined
    ? undefined
    : { summary: summary(machine.name), subject: machine.name, machineId: machine.id };
}

function ofAll(summary: string, subject: string | null): Destruction {
  return { summary, subject, machineId: null };
}
