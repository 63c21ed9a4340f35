// What each member should do, as pure functions of the installation. A plan is always whole: what is not in it is not to be done.
import { POLICY_DEFAULT, type PolicySettings } from "@leeward/api";
import { type BandwidthSchedule, parseTimeWindow } from "@leeward/daemon";
import type {
  Address,
  AgentPlan,
  CollectedMachine,
  ForwardedDisk,
  MasterTargetPlan,
  PlannedDisk,
  PlannedGroup,
  ProcessServerPlan,
  TargetDisk,
} from "@leeward/proto";
import { isHere } from "../failover/elsewhere.ts";
import { newDiskOf } from "../failover/reverse-progress.ts";
import { epochsOf } from "../failover/step.ts";
import { ruleOf } from "../failover/transitions.ts";
import type { FailoverRow } from "../store/failover-rows.ts";
import type { FurtherTargetRow } from "../store/further-target-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Installation, InstalledDisk } from "./installation.ts";
import { parseRetention } from "./retention-text.ts";

/** A plan before it has its version. */
export type Unversioned<P> = Omit<P, "version">;

export type ComposedPlan =
  | { readonly kind: "agentPlan"; readonly value: Unversioned<AgentPlan> }
  | { readonly kind: "processServerPlan"; readonly value: Unversioned<ProcessServerPlan> }
  | { readonly kind: "masterTargetPlan"; readonly value: Unversioned<MasterTargetPlan> };

/** Points that are kept after their disk was unprotected do not age away: 100 years, in seconds. */
const KEPT_SECONDS = 100 * 366 * 86_400;

/** The plan of any member; undefined for one that is removed. */
export function composePlan(installation: Installation, memberId: string): ComposedPlan | undefined {
  const member = installation.members.get(memberId);
  if (member === undefined || member.removedMicros !== null) return undefined;
  switch (member.role) {
    case "agent":
      return { kind: "agentPlan", value: planForAgent(installation, member) };
    case "process-server":
      return { kind: "processServerPlan", value: planForProcessServer(installation, member) };
    case "master-target":
      return { kind: "masterTargetPlan", value: planForMasterTarget(installation, member) };
  }
}

/** The disks that the machine captures, and where each goes. */
function planForAgent(installation: Installation, machine: MemberRow): Unversioned<AgentPlan> {
  const failover = installation.failovers.find(({ machineId }) => machineId === machine.id);
  const own = protectedDisksOf(installation, machine.id);
  // What a disk's seed lacks is what changed until it is captured: nothing is sent before the seed is there.
  const disks = own.filter(({ id, seed }) => isHere(failover, id) && seed?.state !== "awaited");
  const group = plannedGroup(installation, machine);
  return {
    machineName: machine.name,
    epoch: machine.epoch,
    ...fenceOf(failover),
    disks: disks.map((disk) => ({ ...plannedDisk(installation, disk), ...wayBackOf(disk, failover) })),
    ...limitOf(machine),
    ...cacheAccountOf(installation, machine, disks),
    ...(group === undefined ? {} : { group }),
  };
}

/** The container, and who collects from it. */
function cacheAccountOf(
  { members }: Installation,
  { cacheAccount }: MemberRow,
  disks: readonly InstalledDisk[],
): Pick<AgentPlan, "cacheAccount"> {
  if (cacheAccount === null) return {};
  const servers = new Set(disks.map(({ processServerId }) => processServerId));
  const peers = [...servers].flatMap((id) => {
    const publicKey = members.get(id)?.publicKeyPem;
    return publicKey === undefined ? [] : [{ peerId: id, publicKey }];
  });
  return { cacheAccount: { ...cacheAccount, peers } };
}

/** A fenced source keeps its own epoch, so that nothing of it is ever taken for the machine's. */
function fenceOf(failover: FailoverRow | undefined): Partial<Pick<AgentPlan, "fence" | "epoch">> {
  if (failover === undefined || !ruleOf(failover).isFenced) return {};
  const { from, to } = epochsOf(failover);
  const orderly = failover.kind === "planned" && failover.state === "fencing";
  return { epoch: from, fence: { failoverId: failover.id, epoch: to, orderly } };
}

/** What the disk is brought to, or where it goes on after it was. */
function wayBackOf(
  { id, origin }: InstalledDisk,
  failover: FailoverRow | undefined,
): Partial<Pick<PlannedDisk, "reverse" | "origin">> {
  if (failover !== undefined && ruleOf(failover).isReversed) {
    const place = failover.chosen?.members?.find(({ diskId }) => diskId === id);
    const { branch, sequence } = place ?? {};
    if (branch === undefined || sequence === undefined) return {};
    const reverse = { failoverId: failover.id, branch, sequence };
    const device = newDiskOf(failover.facts, id);
    if (device === undefined) return { reverse: { ...reverse, whole: false } };
    const { placeId, diskBytes, seen } = device;
    return { reverse: { ...reverse, whole: true, place: { placeId, diskBytes, seen } } };
  }
  return origin === undefined ? {} : { origin };
}

/** The group that the machine is in, as every member is told of it. */
function plannedGroup({ groups, members }: Installation, machine: MemberRow): PlannedGroup | undefined {
  const group = groups.find(({ revision }) => revision.memberIds.includes(machine.id));
  if (group === undefined) return undefined;
  const there = group.revision.memberIds
    .flatMap((id) => members.get(id) ?? [])
    .filter(({ removedMicros }) => removedMicros === null);
  return {
    name: group.name,
    revisionId: group.revision.id,
    intervalSeconds: group.intervalSeconds,
    members: there.map((member) => {
      const address = addressOf(member);
      return { machineId: member.id, machineName: member.name, addresses: address === undefined ? [] : [address] };
    }),
  };
}

function plannedDisk(installation: Installation, disk: InstalledDisk): PlannedDisk {
  const policy = policyOf(installation, disk);
  const { pointIntervalSeconds, trackerPointIntervalSeconds, applicationPointIntervalSeconds } = policy;
  const { logBytesMax, copyBytesPerSecondMax } = policy;
  const resyncWindow = parseTimeWindow(policy.resyncWindow, installation.workingHours);
  const address = addressOf(installation.members.get(disk.processServerId));
  return {
    diskId: disk.id,
    name: disk.name,
    path: disk.path,
    capture: disk.capture,
    ...seedOf(disk),
    policy: {
      pointIntervalSeconds,
      trackerPointIntervalSeconds,
      applicationPointIntervalSeconds,
      logBytesMax,
      copyBytesPerSecondMax,
      resyncWindow,
    },
    processServerId: disk.processServerId,
    processServerAddresses: address === undefined ? [] : [address],
  };
}

function seedOf({ seed }: InstalledDisk): Pick<PlannedDisk, "seed"> {
  if (seed?.state !== "loaded") return {};
  const { branch, sequence, diskBytes } = seed;
  return { seed: { branch, sequence, diskBytes } };
}

/** The disks whose lease the process server holds, once it is known where their target is. */
function planForProcessServer(installation: Installation, server: MemberRow): Unversioned<ProcessServerPlan> {
  const disks = protectedDisks(installation).filter((disk) => disk.processServerId === server.id);
  const collected = collectedMachines(installation, disks);
  return {
    disks: disks.flatMap((disk) => forwardedDisk(installation, disk)),
    ...limitOf(server),
    ...(collected.length === 0 ? {} : { collected: { items: collected } }),
  };
}

/** Machines whose data it collects. */
function collectedMachines({ members }: Installation, disks: readonly InstalledDisk[]): CollectedMachine[] {
  const machines = new Set(disks.map(({ machineId }) => machineId));
  return [...machines].flatMap((id) => {
    const { cacheAccount, publicKeyPem: publicKey } = members.get(id) ?? {};
    if (cacheAccount === null || cacheAccount === undefined || publicKey === undefined) return [];
    return [{ storeUrl: cacheAccount.storeUrl, machine: { peerId: id, publicKey } }];
  });
}

function forwardedDisk(installation: Installation, disk: InstalledDisk): ForwardedDisk[] {
  const { codec, cacheBytesMax } = policyOf(installation, disk);
  const targetAddress = addressOf(installation.members.get(disk.masterTargetId));
  const wrapped = disk.wrappedKeys.find(({ recipient }) => recipient === disk.processServerId);
  const machine = installation.members.get(disk.machineId);
  if (targetAddress === undefined || wrapped === undefined || machine === undefined) return [];
  return [
    {
      machineId: disk.machineId,
      diskId: disk.id,
      term: disk.term,
      epoch: machine.epoch,
      targetId: disk.masterTargetId,
      targetAddress,
      keyId: disk.keyId,
      wrappedKey: wrapped.jwe,
      codec,
      cacheBytesMax,
      further: followingTargets(disk).flatMap(({ targetId }) => {
        const address = addressOf(installation.members.get(targetId));
        return address === undefined ? [] : [{ targetId, address }];
      }),
    },
  ];
}

/** The disks that the master target holds: it takes in those that are protected, and keeps the points of the others. */
function planForMasterTarget(installation: Installation, target: MemberRow): Unversioned<MasterTargetPlan> {
  return { disks: installation.disks.flatMap((disk) => targetDisk(installation, disk, target)) };
}

function targetDisk(installation: Installation, disk: InstalledDisk, target: MemberRow): TargetDisk[] {
  const isMain = disk.masterTargetId === target.id;
  const isFollowing = followingTargets(disk).some(({ targetId }) => targetId === target.id);
  if (!isMain && !disk.further?.some(({ targetId }) => targetId === target.id)) return [];
  const machine = installation.members.get(disk.machineId);
  if (machine === undefined) return [];
  const { retention, retentionBytesMax } = policyOf(installation, disk);
  const { retentionSeconds, thinningTiers } = parseRetention(retention);
  const intake = disk.state === "protected" && machine.removedMicros === null && (isMain || isFollowing);
  return [
    {
      machineId: machine.id,
      machineName: machine.name,
      diskId: disk.id,
      diskName: disk.name,
      epoch: machine.epoch,
      term: disk.term,
      processServerId: disk.processServerId,
      keyId: disk.keyId,
      wrappedKeys: disk.wrappedKeys.map(({ recipient, jwe }) => ({ recipient, jwe })),
      retentionSeconds: intake ? retentionSeconds : KEPT_SECONDS,
      retentionBytesMax: intake ? retentionBytesMax : 0,
      thinningTiers: intake ? thinningTiers : [],
      intake,
    },
  ];
}

function followingTargets({ further = [] }: InstalledDisk): FurtherTargetRow[] {
  return further.filter(({ state }) => state === "following");
}

function protectedDisks({ disks, members }: Installation): InstalledDisk[] {
  return disks.filter((disk) => disk.state === "protected" && members.get(disk.machineId)?.removedMicros === null);
}

/** By machine, made once per installation: every agent's plan asks for its own. */
const ofMachines = new WeakMap<Installation, ReadonlyMap<string, readonly InstalledDisk[]>>();

function protectedDisksOf(installation: Installation, machineId: string): readonly InstalledDisk[] {
  let byMachine = ofMachines.get(installation);
  if (byMachine === undefined) {
    byMachine = Map.groupBy(protectedDisks(installation), (disk) => disk.machineId);
    ofMachines.set(installation, byMachine);
  }
  return byMachine.get(machineId) ?? [];
}

function policyOf({ policies }: Installation, disk: InstalledDisk): PolicySettings {
  return policies.get(disk.policy) ?? POLICY_DEFAULT;
}

/** None at all is not said, so that a plan without it is as it always was. */
function limitOf({ bandwidth }: MemberRow): { bandwidth?: BandwidthSchedule } {
  return bandwidth.bytesPerSecond === 0 && bandwidth.windows.length === 0 ? {} : { bandwidth };
}

function addressOf(member: MemberRow | undefined): Address | undefined {
  const { addressHost: host, addressPort: port } = member ?? {};
  return typeof host === "string" && typeof port === "number" ? { host, port } : undefined;
}
