// The master target: takes in sealed segments and points from process servers, keeps one journal for each disk, and gives any point back
// as a disk or a file. It does all of this without the config server; a plan holds until the next one.
import { Fault, isFault, orAborted, unreachable } from "@leeward/base";
import { PointMoments, type Refusal, type Trace } from "@leeward/daemon";
import { journalMemory, MachineJournal } from "@leeward/journal";
import { LeasedStore, type ObjectStore, requestsPerGb } from "@leeward/object-store";
import type {
  EventReport,
  ListMoments,
  MasterTargetPlan,
  MasterTargetStatus,
  MomentList,
  PointRecord,
  RequestBody,
  ResponseBody,
  StoreStatus,
} from "@leeward/proto";
import { type RequestHandler, Session, workOn } from "@leeward/wire";
import type { Channel, Endpoint, Listener, Network, World } from "@leeward/world";
import { daemonStopping } from "./daemon-stopping.ts";
import { guestFileSystems } from "./guest/node-guest-file-systems.ts";
import { EpochBook } from "./intake/epoch-book.ts";
import { IntakeSession } from "./intake/intake-session.ts";
import { AnchorStore } from "./keep/anchor-store.ts";
import { type JournalHome, openJournalHome } from "./keep/journal-home.ts";
import { lockPoint, unlockPoint } from "./keep/point-locks.ts";
import type { TargetDiskKeeper, TargetDiskOptions } from "./keep/target-disk-keeper.ts";
import { TargetDisks } from "./keep/target-disks.ts";
import { JOURNAL_CACHE_BYTES, OVERLAY_RESERVES, STORE_GRACE_MS } from "./limits.ts";
import { Absorption } from "./replicas/absorption.ts";
import type { HostFolders } from "./replicas/recovery-hosts.ts";
import { historyInUse } from "./replicas/replica-machine-faults.ts";
import { ReplicaRecords } from "./replicas/replica-record.ts";
import { answerReplica, isReplicaRequest, type ReplicaRequestOptions } from "./replicas/replica-requests.ts";
import { Replicas } from "./replicas/replicas.ts";
import { historyList } from "./serve/history-answer.ts";
import { JournalPointSource } from "./serve/journal-point-source.ts";
import { answerLeased } from "./serve/leased-requests.ts";
import { OpenedPoints, type ServeDisk } from "./serve/opened-points.ts";
import { OpenedStore } from "./serve/opened-store.ts";
import { OverlayRoom } from "./serve/overlay-room.ts";
import { type OwnFolders, ownFolders, refuseOwn } from "./serve/own-folders.ts";
import { pointAt, pointItemOf, pointPage } from "./serve/point-answers.ts";
import { PointDigests } from "./serve/point-digests.ts";
import { ReplicaContent } from "./serve/replica-content.ts";
import { ReplicaDigests } from "./serve/replica-digests.ts";
import { RunningJobs } from "./serve/running-jobs.ts";
import { SaveJobs } from "./serve/save-jobs.ts";
import { SeedLoads } from "./serve/seed-loads.ts";

export interface MasterTargetOptions {
  readonly world: World;
  readonly network: Network;
  readonly listen: Endpoint;
  readonly home: string;
  /** Where the journals lie; in the home unless told. */
  readonly store?: ObjectStore;
  readonly softwareVersion: string;
  readonly unwrap: TargetDiskOptions["unwrap"];
  readonly id: string;
  /** Bytes that stay free where the journals lie. */
  readonly reserveBytes: number;
  /** What runs replica machines. */
  readonly hosts: HostFolders;
  /** Told of what people should know. */
  readonly onEvent: (event: EventReport) => void;
  /** Told of everything that a peer asked for and may not have. */
  readonly onRefused?: (refusal: Refusal) => void;
  /** Told when a point became recoverable, or holds longer: the RPO is counted from what the status says. */
  readonly onPointStored?: () => void;
  readonly trace?: Trace;
  /** Told why a session or an opened point ended. */
  readonly onFault: (fault: Fault) => void;
  /** Offers opened points to whoever uses them as disks; by NBD unless told. */
  readonly serveDisk?: ServeDisk;
  /** Told of every step of a replica machine when it was done; for tests, which end the process there. */
  readonly onReplicaStep?: (step: string) => void;
}

interface Parts {
  readonly epochs: EpochBook;
  readonly store: OpenedStore;
  readonly listener: Listener;
  readonly journals: JournalHome;
}

export class MasterTarget {
  readonly endpoint: Endpoint;
  readonly #options: MasterTargetOptions;
  readonly #listener: Listener;
  readonly #epochs: EpochBook;
  readonly #disks: TargetDisks;
  readonly #journals: JournalHome;
  readonly #opened: OpenedPoints;
  readonly #failed = Promise.withResolvers<never>();
  readonly #jobs: RunningJobs;
  readonly #saves: SaveJobs;
  readonly #seeds: SeedLoads;
  readonly #digests: ReplicaDigests;
  readonly #content: ReplicaContent;
  readonly #pointDigests: PointDigests;
  readonly #replicas: Replicas;
  readonly #planned = Promise.withResolvers<void>();
  readonly #replicaRequests: ReplicaRequestOptions;
  readonly #moments: PointMoments;
  readonly #ownFolders: OwnFolders;
  #planVersion = 0;
  #resumed = false;

  private constructor(options: MasterTargetOptions, { epochs, store, listener, journals }: Parts) {
    const { world, home, unwrap, id, reserveBytes, onEvent: report } = options;
    const anchors = new AnchorStore(world.files, `${home}/anchors`);
    const memory = journalMemory(JOURNAL_CACHE_BYTES);
    this.#options = options;
    this.#ownFolders = ownFolders(home, options.store?.place);
    this.#moments = new PointMoments({ clock: world.clock, trace: options.trace });
    this.#listener = listener;
    this.#epochs = epochs;
    this.#journals = journals;
    this.endpoint = listener.endpoint;
    this.#disks = new TargetDisks(
      { journals, unwrap, recipient: id, epochs, anchors, memory, reserveBytes, report },
      (error) => this.#failed.reject(error),
    );
    const room = new OverlayRoom(world.files, { folder: home, floorBytes: OVERLAY_RESERVES * reserveBytes });
    const source = new JournalPointSource(world, this.#disks, room);
    const { serveDisk: serve } = options;
    this.#opened = new OpenedPoints({ ...world, home, store, source, ...(serve && { serve }) });
    this.#jobs = new RunningJobs(world);
    this.#saves = new SaveJobs(world, this.#disks, this.#jobs);
    this.#seeds = new SeedLoads(world.files, this.#disks, this.#jobs);
    const { hosts, onFault, onReplicaStep: onStep } = options;
    const records = new ReplicaRecords(world.files, `${home}/replicas`);
    const opened = this.#opened;
    const absorption = new Absorption(this.#disks, epochs);
    const guests = guestFileSystems(world.clock, `${home}/run`);
    const replicas = { ...world, home, records, opened, hosts, guests, absorption, onFault };
    this.#replicas = new Replicas({ ...replicas, ...(onStep && { onStep }) });
    this.#digests = new ReplicaDigests(world.clock, this.#disks, this.#replicas);
    this.#content = new ReplicaContent({ ...world, disks: this.#disks, replicas: this.#replicas });
    const onPointStored = (): void => options.onPointStored?.();
    this.#pointDigests = new PointDigests(world.clock, this.#disks);
    this.#replicaRequests = { replicas: this.#replicas, content: this.#content, onPointStored };
    this.#failed.promise.catch(() => undefined);
  }

  static async open(options: MasterTargetOptions): Promise<MasterTarget> {
    const { world, home, network, listen } = options;
    const { files } = world;
    for (const name of ["anchors", "journal", "run", "overlays", "replicas", "hosts", "check-scripts", "saved"])
      await files.makeFolder(`${home}/${name}`);
    await files.syncFolder(home);
    const epochs = await EpochBook.open(files, home);
    const store = await OpenedStore.open(files, home);
    const journals = await openJournalHome(world, { home, ...(options.store && { store: options.store }) });
    return new MasterTarget(options, { epochs, store, journals, listener: await network.listen(listen) });
  }

  /** Opens the journals that the plan names. The first time, what was opened before is served again. */
  async apply(plan: MasterTargetPlan, signal?: AbortSignal): Promise<void> {
    await this.#disks.apply(plan.disks, signal);
    this.#planned.resolve();
    this.#planVersion = plan.version;
    if (this.#resumed) return;
    this.#resumed = true;
    const lost = await this.#opened.resume();
    for (const { fault } of lost) this.#options.onFault(fault);
    await this.#sweepPins();
    this.#replicas.admit();
  }

  async status(): Promise<Omit<MasterTargetStatus, "health">> {
    const { world, home, softwareVersion, store } = this.#options;
    const { freeBytes, totalBytes } = await world.files.space(home);
    return {
      planVersion: this.#planVersion,
      softwareVersion,
      targetAddress: this.endpoint,
      disks: this.#disks.statuses(),
      saves: this.#jobs.statuses(),
      replicas: this.#replicas.statuses(),
      freeBytes,
      totalBytes,
      ...(store && { store: storeStatus(store, this.#disks.all()) }),
    };
  }

  /** Answers what the config server asks. @throws Fault by name, `path-own` for a path that is in a folder of ours */
  async answer(body: RequestBody, signal: AbortSignal): Promise<ResponseBody> {
    if (body.kind === "savePoint") refuseOwn(this.#ownFolders, body.value.path);
    // An empty one is for us to choose.
    if (body.kind === "openPoint" && body.value.socketPath !== "") refuseOwn(this.#ownFolders, body.value.socketPath);
    return this.#answer(body, signal);
  }

  async #answer(body: RequestBody, signal: AbortSignal): Promise<ResponseBody> {
    // A session may be there before the journals are open: what is here is not said to be unknown.
    await orAborted(this.#planned.promise, signal);
    if (isReplicaRequest(body)) return answerReplica(this.#replicaRequests, body, signal);
    switch (body.kind) {
      case "listPoints":
        return { kind: "pointList", value: pointPage(this.#disks.machine(body.value.machineId), body.value) };
      case "openPoint":
        return { kind: "openedPoint", value: await this.#opened.open(body.value) };
      case "closePoint":
        await this.#opened.close(body.value.id);
        return { kind: "done", value: {} };
      case "listOpened":
        return { kind: "openedList", value: { items: this.#opened.list() } };
      case "savePoint":
        return { kind: "savedPoint", value: await this.#saves.save(body.value, signal) };
      case "cancelSave":
        await this.#jobs.cancel(body.value.jobId);
        return { kind: "done", value: {} };
      case "loadSeed":
        return { kind: "seedLoaded", value: await this.#seeds.load(body.value, signal) };
      case "deleteHistory":
        this.#checkUnused(body.value.diskIds);
        await this.#disks.delete(body.value.diskIds, body.value.machineId);
        return { kind: "done", value: {} };
      case "lockPoint":
        await lockPoint(this.#disks.machine(body.value.machineId), body.value);
        return { kind: "done", value: {} };
      case "unlockPoint":
        await unlockPoint(this.#disks.machine(body.value.machineId), body.value);
        return { kind: "done", value: {} };
      case "replicaDigests":
        return { kind: "blockDigests", value: await this.#digests.of(body.value, signal) };
      case "pointDigest":
        return { kind: "pointDigested", value: await this.#pointDigests.of(body.value, signal) };
      case "releasePoint":
        await this.#pointDigests.release(body.value.machineId, body.value.holder);
        return { kind: "done", value: {} };
      case "findPoint": {
        const { machineId, at } = body.value;
        const machine = this.#disks.machine(machineId) ?? new MachineJournal(machineId);
        return { kind: "point", value: pointItemOf(machine.resolve(pointAt(at))) };
      }
      case "listHistory":
        return { kind: "historyList", value: historyList(this.#disks.machine(body.value.machineId), body.value) };
      case "listMoments":
        return { kind: "momentList", value: this.#momentsOf(body.value) };
      case "raiseEpoch":
        await this.#epochs.raise(body.value);
        return { kind: "done", value: {} };
      case "listCandidates":
      case "createPoint":
      case "createGroupPoint":
      case "awaitPoint":
      case "renewCertificate":
      case "takeTrust":
      case "compareDigests":
      case "recopyExtents":
      case "lookAtDevice":
      case "resyncDisk":
      case "pushAgent":
      case "wrapKey":
      case "copyDisk":
      case "upgradeAgent":
      case "readRelease":
      case "listReleases":
        throw unsupported(body.kind);
      default:
        return unreachable(body);
    }
  }

  /** Of a point that was stored before the daemon was started, its journals still say where it stands. */
  #momentsOf({ machineId, pointId, members: asked }: ListMoments): MomentList {
    const known = this.#moments.membersOf(pointId);
    const stored =
      this.#disks
        .machine(machineId)
        ?.points()
        .find(({ id }) => id === pointId)?.members ?? [];
    const members = [known, asked, stored].find(({ length }) => length > 0) ?? [];
    const passed = members.flatMap(({ diskId, branch, sequence }) => {
      const passages = this.#disks.intake(diskId)?.passages;
      return (passages?.of(branch, sequence) ?? []).map((moment) => ({ diskId, ...moment }));
    });
    return { items: [...passed, ...this.#moments.itemsOf(pointId)], members };
  }

  /** Serves process servers until the signal aborts, then closes every journal. Rejects on a mistake of ours. */
  async run(signal: AbortSignal): Promise<void> {
    const sessions = new Set<Promise<void>>();
    try {
      await Promise.race([
        this.#failed.promise,
        Promise.all([this.#accept(sessions, signal), this.#disks.run(signal), this.#replicas.run(signal)]),
      ]);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await this.#listener.close();
      await this.#inGrace(async () => {
        await Promise.all(sessions);
        await this.#opened.suspend();
      });
      await this.#disks.close();
    }
  }

  /** What came in whole is still kept, and acknowledged; a store that is away does not hold up the end. */
  async #inGrace(work: () => Promise<void>): Promise<void> {
    const done = new AbortController();
    const { clock } = this.#options.world;
    const grace = clock.sleep(STORE_GRACE_MS, done.signal).then(
      () => this.#journals.end(daemonStopping()),
      () => undefined,
    );
    await work();
    done.abort();
    await grace;
  }

  async #accept(sessions: Set<Promise<void>>, signal: AbortSignal): Promise<void> {
    for await (const channel of this.#listener.accept(signal)) {
      const session = this.#serve(channel, signal).finally(() => sessions.delete(session));
      sessions.add(session);
    }
  }

  /** A session's faults are its own; a mistake of ours ends the daemon. */
  async #serve(channel: Channel, signal: AbortSignal): Promise<void> {
    const { world, softwareVersion, onFault, onRefused, onPointStored } = this.#options;
    const refused = (what: string, { code, message }: { readonly code: string; readonly message: string }): void => {
      const { address, peer } = channel;
      onRefused?.({ code, what, message, address, peer: `${peer.role} ${peer.id}` });
    };
    try {
      if (channel.peer.role !== "process-server") throw notAProcessServer(channel);
      const peerId = channel.peer.id;
      const answering = {
        content: this.#content,
        digests: this.#digests,
        intake: (id: string) => this.#disks.intake(id),
      };
      const answer: RequestHandler = (body, inner) => answerLeased(answering, { body, peerId }, inner);
      const session = await Session.accept(channel, { clock: world.clock, softwareVersion, answer }, signal);
      const targets = {
        clock: world.clock,
        epochs: this.#epochs,
        disk: (diskId: string) => this.#disks.intake(diskId),
        machine: (machineId: string) => this.#disks.machine(machineId),
        refused,
        pointStored: (point: PointRecord, tookMicros: number) => {
          this.#moments.note(point, "recoverable", { tookMicros });
          onPointStored?.();
        },
      };
      await workOn(session, signal, (open, inner) => new IntakeSession(open, targets).run(inner));
    } catch (error) {
      await channel.close();
      if (signal.aborted) return;
      if (!isFault(error)) return this.#failed.reject(error);
      onFault(error);
      if (error.kind === "protocol" || error.kind === "operator") refused("a session", error);
    }
  }

  /** Pins of what this daemon had open in an earlier life, and does not serve again. */
  async #sweepPins(): Promise<void> {
    const recorded = new Set(this.#opened.records().map(({ id }) => id));
    for (const { journal } of this.#disks.all()) {
      await journal.sweepPins((pin) => !recorded.has(pin.owner));
    }
  }

  /** @throws Fault `history-in-use` when a replica machine runs on one of the disks */
  #checkUnused(diskIds: readonly string[]): void {
    const used = this.#opened.records().find(({ diskId, owner }) => owner !== "" && diskIds.includes(diskId));
    if (used !== undefined) throw historyInUse(used.diskId, used.owner);
  }
}

function storeStatus(store: ObjectStore, keepers: readonly TargetDiskKeeper[]): StoreStatus {
  const { requests, place, hold } = store;
  const counts = keepers.flatMap(({ locks = [] }) => locks);
  const sum = (what: "locks" | "held"): number => counts.reduce((all, each) => all + each[what], 0);
  return {
    place,
    leased: store instanceof LeasedStore,
    ...requests,
    requestsPerGb: requestsPerGb(requests) ?? 0,
    ...(hold && { heldLocks: { locks: sum("locks"), held: sum("held") } }),
  };
}

function unsupported(kind: string): Fault {
  return new Fault({
    code: "request-unsupported",
    kind: "operator",
    message: `A master target does not answer ${kind}.`,
    remedy: "Bring both sides to the same release; upgrade the config server first.",
    detail: { kind },
  });
}

function notAProcessServer(channel: Channel): Fault {
  return new Fault({
    code: "peer-foreign",
    kind: "operator",
    remedy: "Correct the address: agents go to the process server's port 9443.",
    message: `${channel.address} is a ${channel.peer.role}; a master target takes segments from process servers alone.`,
    detail: { role: channel.peer.role, address: channel.address },
  });
}
