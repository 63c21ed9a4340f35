// Which disks are protected. Invariant: a disk, its wrapped keys and its job become durable together, before anybody is told; the data key itself is
// never stored, only its wrappings. Points of a disk that is not protected any more stay until somebody asks for them to go.
import { randomId } from "@leeward/base";
import { createDataKey, wrapDataKey } from "@leeward/identity";
import type { World } from "@leeward/world";
import type { Actor, EventLog } from "../events/event-log.ts";
import { checkNoFailover, checkNotFailedOver } from "../failover/standing.ts";
import {
  diskNotProtectable,
  diskProtected,
  nameTaken,
  noMasterTarget,
  noProcessServer,
  policyUnknown,
  targetUnknown,
} from "../faults.ts";
import type { JobRunner } from "../jobs/job-runner.ts";
import type { MemberRequests } from "../sessions/member-requests.ts";
import type { Capture, DiskRow, WrappedKeyRow } from "../store/disk-rows.ts";
import type { JobRow } from "../store/job-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import { POLICY_DEFAULT_NAME } from "../store/policy-rows.ts";
import type { Store } from "../store/store.ts";
import type { Trust } from "../trust/trust.ts";
import { chooseServer } from "./choose-server.ts";
import { furtherTargets, mainTargetOf } from "./further-targets.ts";
import { seedImpossible, seedLoading, seedNotAwaited } from "./seed-faults.ts";

export interface ProtectRequest {
  readonly path: string;
  readonly name?: string | undefined;
  readonly capture?: Capture | undefined;
  readonly policy?: string | undefined;
  readonly processServer?: string | undefined;
  readonly masterTarget?: string | undefined;
  /** Further targets beside the main one, by name or id. */
  readonly alsoTo?: readonly string[] | undefined;
  /** Its target is given a seed first; until then it is not captured. */
  readonly seed?: boolean | undefined;
}

export interface ProtectionOptions {
  readonly world: World;
  readonly store: Store;
  readonly trust: Trust;
  readonly events: EventLog;
  readonly jobs: JobRunner;
  readonly requests: MemberRequests;
  readonly isOnline: (memberId: string) => boolean;
  readonly plansChanged: () => void;
}

export class Protection {
  readonly #options: ProtectionOptions;

  constructor(options: ProtectionOptions) {
    this.#options = options;
  }

  /**
   * Protects a disk of the machine: answers when that is decided and durable; the job ends when the disk takes clients.
   * @throws Fault `machine-offline`, `disk-not-protectable`, `disk-protected-already`, `name-taken`, `policy-unknown`, `process-server-none`,
   *   `master-target-none`, `server-unknown`, `seed-impossible`, and as `furtherTargets`
   */
  async protect(
    machine: MemberRow,
    request: ProtectRequest,
    by: { actor: Actor; signal: AbortSignal },
  ): Promise<{ disk: DiskRow; job: JobRow }> {
    const { world, store, jobs, events, plansChanged } = this.#options;
    const { policy = POLICY_DEFAULT_NAME, capture = "splitter", seed = false } = request;
    if (seed) checkSeedable(request);
    this.#checkFree(machine, request);
    if (store.policies.byName(policy) === undefined) throw policyUnknown(policy);
    const processServer = this.#choose("process-server", request.processServer);
    const masterTarget = this.#choose("master-target", request.masterTarget ?? mainTargetOf(store, machine));
    const further = furtherTargets(store, { machine, mainId: masterTarget.id, asked: request.alsoTo ?? [] });
    await this.#checkProtectable(machine, { path: request.path, capture }, by.signal);
    const id = randomId(world.random);
    const keyId = randomId(world.random);
    const wrapped = await this.#wrappedKeys(keyId, [
      processServer,
      masterTarget,
      ...further,
      ...(seed ? [machine] : []),
    ]);
    const wrappedKeys = wrapped.filter(({ recipient }) => recipient !== machine.id);
    const seedKey = wrapped.find(({ recipient }) => recipient === machine.id);
    const jobId = randomId(world.random);
    store.transaction(() => {
      // While the keys were wrapped somebody else may have come first.
      const name = this.#checkFree(machine, request) ?? this.#freeName(machine, request.path);
      const createdMicros = world.clock.wallMicros();
      const subject = `${machine.name}/${name}`;
      store.disks.insert(
        {
          id,
          machineId: machine.id,
          name,
          path: request.path,
          capture,
          policy,
          processServerId: processServer.id,
          masterTargetId: masterTarget.id,
          keyId,
          term: 1,
          state: "protected",
          createdMicros,
        },
        wrappedKeys,
      );
      if (seedKey !== undefined) {
        const branch = randomId(world.random);
        store.seeds.await({ diskId: id, branch, wrappedKey: seedKey.jwe, askedMicros: createdMicros });
      }
      for (const target of further) store.furtherTargets.put(id, target.id, createdMicros);
      const job = { id: jobId, kind: "protect", subject, machineId: machine.id, diskId: id } as const;
      store.jobs.insert({ ...job, input: {}, createdMicros });
      const message = `${subject} (${request.path}) is to be protected${seed ? ", and its seed is awaited" : ""}.`;
      const detail = { disk: id, policy };
      events.add(by.actor, { severity: "info", kind: "disk-protected", subject, message, detail });
    });
    plansChanged();
    jobs.launch(jobId);
    return { disk: this.#disk(id), job: jobs.find(jobId) };
  }

  /**
   * Stops protecting a disk. Its points stay, or are to go when `deletePoints` says so.
   * @throws Fault `failover-standing` when points are to go that a replica machine may run on, or the machine runs at its master target
   */
  unprotect(machine: MemberRow, disk: DiskRow, by: { actor: Actor; deletePoints: boolean }): DiskRow {
    const { store, events, plansChanged } = this.#options;
    const changed = store.transaction(() => {
      if (by.deletePoints) checkNoFailover(store, machine);
      checkNotFailedOver(store, machine);
      const to = by.deletePoints ? "deleting" : "kept";
      const from = by.deletePoints ? (["protected", "kept"] as const) : (["protected"] as const);
      if (!store.disks.setState(disk.id, to, from)) return false;
      if (by.deletePoints) store.furtherTargets.deleteAllOf(disk.id);
      store.seeds.giveUp(disk.id);
      const subject = `${machine.name}/${disk.name}`;
      const fate = by.deletePoints ? "its recovery points are being deleted" : "its recovery points stay";
      const message = `${subject} is not protected any more; ${fate}.`;
      const severity = by.deletePoints ? "warning" : "info";
      events.add(by.actor, {
        severity,
        kind: "disk-unprotected",
        subject,
        message,
        detail: { disk: disk.id, deletePoints: by.deletePoints },
      });
      return true;
    });
    if (changed) plansChanged();
    return this.#disk(disk.id);
  }

  /**
   * Has the disk go to one of its further targets no more. Its points there stay, or are to go when `deletePoints` says so.
   * @throws Fault `target-unknown`
   */
  removeTarget(disk: DiskRow, target: MemberRow, by: { actor: Actor; deletePoints: boolean }): void {
    const { store, events, plansChanged } = this.#options;
    const { actor, deletePoints } = by;
    store.transaction(() => {
      const row = store.furtherTargets.of(disk.id).find(({ targetId }) => targetId === target.id);
      if (row === undefined || row.state === "deleting") throw targetUnknown(target.name, disk.name);
      store.furtherTargets.setState(disk.id, target.id, deletePoints ? "deleting" : "kept");
      const fate = deletePoints ? "its recovery points there are being deleted" : "its recovery points there stay";
      const message = `${disk.name} does not go to ${target.name} any more; ${fate}.`;
      const severity = deletePoints ? "warning" : "info";
      const detail = { disk: disk.id, target: target.id, deletePoints };
      events.add(actor, { severity, kind: "target-removed", subject: disk.name, message, detail });
    });
    plansChanged();
  }

  /** The disk's seed does not come: it is captured from now on, and all of it is sent. @throws Fault `seed-not-awaited` */
  giveUpSeed(machine: MemberRow, disk: DiskRow, actor: Actor): DiskRow {
    const { store, events, plansChanged } = this.#options;
    const subject = `${machine.name}/${disk.name}`;
    const loading = store.jobs.newestOf(disk.id, "seed-load");
    if (loading?.state === "queued" || loading?.state === "running") throw seedLoading(subject, loading.id);
    store.transaction(() => {
      if (!store.seeds.giveUp(disk.id)) throw seedNotAwaited(subject);
      const message = `The seed of ${subject} is not waited for any more; all of it is sent.`;
      events.add(actor, { severity: "info", kind: "seed-given-up", subject, message, detail: { disk: disk.id } });
    });
    plansChanged();
    return this.#disk(disk.id);
  }

  #disk(id: string): DiskRow {
    const disk = this.#options.store.disks.byId(id);
    if (disk === undefined) throw new Error(`disk ${id} was stored and is not there`);
    return disk;
  }

  /** The name that was asked for. @throws Fault `disk-protected-already`, `name-taken` */
  #checkFree(machine: MemberRow, { path, name }: ProtectRequest): string | undefined {
    const disks = this.#options.store.disks.ofMachine(machine.id).filter(({ state }) => state === "protected");
    if (disks.some((disk) => disk.path === path)) throw diskProtected(path);
    if (name !== undefined && disks.some((disk) => disk.name === name)) throw nameTaken(name);
    return name;
  }

  /** A name made of the path's last part, numbered when that is taken. */
  #freeName(machine: MemberRow, path: string): string {
    const taken = new Set(
      this.#options.store.disks
        .ofMachine(machine.id)
        .flatMap(({ state, name }) => (state === "protected" ? [name] : [])),
    );
    // Of Windows' paths, too: `\\.\E:` is E.
    const last = (path.split(/[/\\]/).at(-1) ?? "").replace(/:$/, "").replace(/[^A-Za-z0-9._-]/g, "-");
    const stem = `${/^[A-Za-z0-9]/.test(last) ? "" : "disk"}${last}`.slice(0, 56);
    if (!taken.has(stem)) return stem;
    for (let number = 2; ; number += 1) {
      if (!taken.has(`${stem}-${number}`)) return `${stem}-${number}`;
    }
  }

  #choose(role: "process-server" | "master-target", asked: string | undefined): MemberRow {
    const { store, isOnline } = this.#options;
    const chosen = chooseServer(store, { role, asked, isOnline });
    if (chosen === undefined) throw role === "process-server" ? noProcessServer() : noMasterTarget();
    return chosen;
  }

  /** What the agent says of the path counts; a path that it does not list is left to it when it gets the plan. */
  async #checkProtectable(
    machine: MemberRow,
    { path, capture }: { readonly path: string; readonly capture: Capture },
    signal: AbortSignal,
  ): Promise<void> {
    const { items } = await this.#options.requests.ask(machine, { kind: "listCandidates", value: {} }, { signal });
    const found = items.find((item) => item.path === path);
    if (found === undefined) return;
    const refusals = { splitter: found.refusal, tracker: found.trackerRefusal, rescan: found.rescanRefusal };
    if (refusals[capture] !== "") throw diskNotProtectable(path, refusals[capture]);
  }

  async #wrappedKeys(keyId: string, servers: readonly MemberRow[]): Promise<WrappedKeyRow[]> {
    const { world, trust } = this.#options;
    const dataKey = createDataKey(world.random);
    const recipients = [
      { recipient: "recovery", publicKeyPem: trust.recoveryKey.publicKeyPem },
      ...servers.map(({ id, publicKeyPem }) => ({ recipient: id, publicKeyPem })),
    ];
    const wrapped = await Promise.all(
      recipients.map(async ({ recipient, publicKeyPem }) => ({
        recipient,
        jwe: await wrapDataKey(dataKey, { publicKeyPem, keyId }),
      })),
    );
    dataKey.fill(0);
    return wrapped;
  }
}

/** @throws Fault `seed-impossible` */
function checkSeedable({ capture = "splitter", alsoTo = [] }: ProtectRequest): void {
  if (capture !== "splitter") throw seedImpossible(`a disk that is captured by its ${capture}`);
  if (alsoTo.length > 0) throw seedImpossible("a disk that goes to further targets");
}
