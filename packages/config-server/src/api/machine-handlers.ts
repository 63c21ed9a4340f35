import { parseTime, randomId } from "@leeward/base";
import { scopeInsufficient } from "../access/access-faults.ts";
import { diskNotProtected, roleInsufficient } from "../faults.ts";
import { POINT_TIMEOUT_SECONDS } from "../limits.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import { setAutoProtect } from "./auto-protect-change.ts";
import { setCacheAccount } from "./cache-account-change.ts";
import { machineSettings } from "./edited.ts";
import type { Handlers } from "./handler.ts";
import { refuseLockedPoints } from "./lock-handlers.ts";
import { findDisk, findLiveMachine, findMachine, listFactsOf, viewFactsOf } from "./lookup.ts";
import { pageOf, timedPageOf } from "./pages.ts";
import { setRecovery } from "./recovery-change.ts";
import { setSender } from "./sender-change.ts";
import type { CallContext, Services } from "./services.ts";
import { diskView, jobView, machineView, memberState, openedView, pointView } from "./views.ts";

/** So few are looked up one by one. */
const SINGLY_MAX = 20;

type MachineRoute = "listMachines" | "showMachine" | "setMachine" | "setRecovery" | "removeMachine";
type DiskRoute = "listCandidates" | "listDisks" | "protectDisk" | "unprotectDisk";

/** Machines. */
export function machineHandlers(services: Services): Handlers<MachineRoute> {
  const { store, removal, live } = services;
  const view = (machine: MemberRow) =>
    machineView(machine, store.disks.ofMachine(machine.id).filter(isProtected), viewFactsOf(services));
  return {
    listMachines: async ({ query }, { within }) => {
      const machines = store.members.list().filter((member) => member.role === "agent");
      const isWanted = (machine: MemberRow): boolean => {
        const state = memberState(machine, (id) => live.has(id));
        if (query?.name !== undefined && machine.name !== query.name) return false;
        if (query?.state !== undefined) return state === query.state;
        return query?.removed === true || state !== "removed";
      };
      const rows = machines.filter(isWanted);
      const key = ({ name, id }: MemberRow): readonly string[] => [name, id];
      if (rows.length <= SINGLY_MAX) return pageOf(query, { within, rows, key, view });
      const facts = listFactsOf(services);
      const viewIn = (machine: MemberRow) => machineView(machine, facts.disksOf(machine.id).filter(isProtected), facts);
      return pageOf(query, { within, rows, key, view: viewIn });
    },
    showMachine: async ({ params }) => view(findMachine(store, params.machine)),
    setMachine: async ({ params, body }, { actor, requireSeen }) => {
      const machine = findLiveMachine(store, params.machine);
      requireSeen(machineSettings(view(machine)));
      const { id } = machine;
      setAutoProtect(services, id, { change: body, actor });
      setSender(services, id, { change: body, actor });
      setCacheAccount(services, id, { change: body, actor });
      return view(findMachine(store, id));
    },
    setRecovery: async ({ params, body }, { actor, requireSeen }) => {
      const machine = findLiveMachine(store, params.machine);
      requireSeen(machineSettings(view(machine)));
      const { id } = machine;
      setRecovery(services, id, { change: body, actor });
      return view(findMachine(store, id));
    },
    removeMachine: async ({ params, query }, { actor, signal, requireSeen }) => {
      const machine = findMachine(store, params.machine);
      const disks = store.disks.ofMachine(machine.id);
      if (query?.deletePoints === true) await refuseLockedPoints(services, { machine, disks }, signal);
      requireSeen(machineSettings(view(findMachine(store, machine.id))));
      return view(await removal.remove(machine, { actor, deletePoints: query?.deletePoints === true }));
    },
  };
}

const isProtected = (disk: DiskRow): boolean => disk.state === "protected";

/** What is protected of machines, and what could be. */
export function diskHandlers(services: Services): Handlers<DiskRoute> {
  const { store, protection, requests, jobs } = services;
  return {
    listCandidates: async ({ params, query }, { signal, within }) => {
      const machine = findLiveMachine(store, params.machine);
      const { items } = await requests.ask(machine, { kind: "listCandidates", value: {} }, { signal });
      return pageOf(query, {
        within,
        rows: items,
        key: ({ path }) => [path],
        view: (item) => ({
          ...item,
          refusal: item.refusal === "" ? null : item.refusal,
          trackerRefusal: item.trackerRefusal === "" ? null : item.trackerRefusal,
          rescanRefusal: item.rescanRefusal === "" ? null : item.rescanRefusal,
        }),
      });
    },
    listDisks: async ({ query }, { within }) => {
      const key = ({ createdMicros, id }: DiskRow): readonly (number | string)[] => [createdMicros, id];
      if (query?.machine !== undefined) {
        const machine = findMachine(store, query.machine);
        const facts = viewFactsOf(services);
        const rows = store.disks.ofMachine(machine.id).filter(isProtected);
        return pageOf(query, { within, rows, key, view: (disk) => diskView(disk, machine, facts) });
      }
      const facts = listFactsOf(services);
      const view = (disk: DiskRow) => diskView(disk, facts.memberOf(disk.machineId), facts);
      return pageOf(query, { within, rows: store.disks.list().filter(isProtected), key, view });
    },
    protectDisk: async ({ params, body }, { actor, signal }) => {
      const machine = findLiveMachine(store, params.machine);
      const { disk, job } = await protection.protect(machine, body, { actor, signal });
      return { disk: diskView(disk, machine, viewFactsOf(services)), job: jobView(job, jobs) };
    },
    unprotectDisk: async ({ params, query }, { actor, isAdministrator, signal }) => {
      const deletePoints = query?.deletePoints === true;
      if (deletePoints && !isAdministrator) throw roleInsufficient("operator", "administrator to delete points");
      const machine = findMachine(store, params.machine);
      const disk = findDisk(store, machine, params.disk);
      if (disk.state !== "protected" && !deletePoints) throw diskNotProtected(`${machine.name}/${disk.name}`);
      if (deletePoints) await refuseLockedPoints(services, { machine, disks: [disk] }, signal);
      const after = protection.unprotect(machine, disk, { actor, deletePoints });
      return diskView(after, machine, viewFactsOf(services));
    },
  };
}

type PointRoute = "listPoints" | "createPoint" | "openPoint" | "listOpened" | "closePoint" | "savePoint";

/** Recovery points. */
export function pointHandlers(services: Services): Handlers<PointRoute> {
  const { store, points, events, jobs, world } = services;
  const tell = ({ actor }: CallContext, event: { kind: string; subject: string; message: string }): void =>
    events.add(actor, { severity: "info", ...event });
  return {
    listPoints: async ({ params, query }, { signal }) => {
      const machine = findMachine(store, params.machine);
      const between = {
        fromMicros: query?.from === undefined ? 0 : parseTime(query.from),
        toMicros: query?.to === undefined ? 0 : parseTime(query.to),
        target: query?.target,
      };
      return timedPageOf(query, {
        rows: (page) => points.page(machine, { ...between, ...page }, signal),
        microsOf: ({ timeMicros }) => timeMicros,
        view: pointView,
      });
    },
    createPoint: async ({ params, body }, context) => {
      const machine = findLiveMachine(store, params.machine);
      const { consistency = "crash", timeoutSeconds = POINT_TIMEOUT_SECONDS } = body;
      const point = pointView(await points.create(machine, { consistency, timeoutSeconds }, context.signal));
      const message = `The ${point.consistency}-consistent recovery point ${point.id} of ${machine.name} was made.`;
      tell(context, { kind: "point-created", subject: machine.name, message });
      return point;
    },
    openPoint: async ({ params, body }, context) => {
      const { at, socketPath = "", writable = false, target } = body;
      // What else lies on the target is of other machines.
      if (socketPath !== "" && (context.person?.scope ?? null) !== null) throw scopeInsufficient();
      const machine = findMachine(store, params.machine);
      const disk = findDisk(store, machine, params.disk);
      const opened = await points.open(disk, { at, socketPath, writable, target }, context.signal);
      const subject = `${machine.name}/${disk.name}`;
      const how = opened.readOnly ? "read-only" : "for writing";
      tell(context, { kind: "point-opened", subject, message: `${subject} at ${at} was opened ${how}.` });
      return openedView(opened);
    },
    listOpened: async ({ query }, { signal, within }) =>
      pageOf(query, { within, rows: await points.listOpened(signal), key: ({ id }) => [id], view: openedView }),
    closePoint: async ({ params }, context) => {
      await points.close(params.id, context.signal);
      tell(context, { kind: "point-closed", subject: params.id, message: `The opened point ${params.id} was closed.` });
      return {};
    },
    savePoint: async ({ params, body }, context) => {
      const machine = findMachine(store, params.machine);
      const disk = findDisk(store, machine, params.disk);
      const { at, path, force = false, format = "raw", target } = body;
      const input = {
        at,
        path,
        force,
        format,
        ...(target === undefined ? {} : { target: points.targetOf(disk, target).id }),
      };
      const id = randomId(world.random);
      const subject = `${machine.name}/${disk.name}`;
      store.transaction(() => {
        const createdMicros = world.clock.wallMicros();
        const of = { machineId: machine.id, diskId: disk.id, subject, createdMicros };
        store.jobs.insert({ id, kind: "save", input, ...of });
        tell(context, { kind: "point-save-asked", subject, message: `${subject} at ${at} is to be saved to ${path}.` });
      });
      jobs.launch(id);
      return jobView(jobs.find(id), jobs);
    },
  };
}
