import type { Upgrade, UpgradeOrder } from "@leeward/api";
import { compareVersions, randomId } from "@leeward/base";
import type { Actor } from "../events/event-log.ts";
import { jobUnknown, machineUnknown } from "../faults.ts";
import type { JobRunner } from "../jobs/job-runner.ts";
import { UPGRADE_READY_SECONDS } from "../limits.ts";
import { releaseUnknown } from "../releases/release-faults.ts";
import type { JobRow } from "../store/job-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { ReleaseRow } from "../store/release-rows.ts";
import { upgradeMachinesNone, upgradeServersOlder, upgradesUnderWay } from "./upgrade-faults.ts";
import { type UpgradeInput, upgradeInputOf } from "./upgrade-input.ts";
import type { UpgradeMeans } from "./upgrade-work.ts";

export interface UpgradesOptions extends UpgradeMeans {
  readonly jobs: JobRunner;
}

/** Upgrades of agents, as they are ordered and shown; upgrade-work.ts does them. */
export class Upgrades {
  readonly #options: UpgradesOptions;

  constructor(options: UpgradesOptions) {
    this.#options = options;
  }

  /**
   * Begins an upgrade: it is durable when this returns.
   * @throws Fault `release-unknown`, `machine-unknown`, `upgrade-machines-missing`, `upgrade-servers-older`, `upgrade-job-exists`
   */
  begin(order: UpgradeOrder, actor: Actor): Upgrade {
    const { store, clock, random, events, jobs } = this.#options;
    const { file, version, bytes: sizeBytes, sha256 } = this.#release(order.version);
    const machines = this.#machines(order.machines);
    this.#checkServers(version);
    const underWay = store.jobs.unfinished().find(({ kind }) => kind === "agent-upgrade");
    if (underWay !== undefined) throw upgradesUnderWay(underWay.id);
    const input: UpgradeInput = {
      ...{ version, file, sizeBytes, sha256 },
      wave: order.wave ?? null,
      failures: order.failures ?? 1,
      readySeconds: order.readySeconds ?? UPGRADE_READY_SECONDS,
      machines: machines.map(({ id, softwareVersion: from }) => {
        return { id, orderId: randomId(random), state: "waiting", from, diskIds: [], error: null };
      }),
    };
    const id = randomId(random);
    store.transaction(() => {
      const createdMicros = clock.wallMicros();
      const about = { kind: "agent-upgrade" as const, subject: version, machineId: "", diskId: "" };
      store.jobs.insert({ id, ...about, input, createdMicros });
      const message = `${machines.length} agents are to be upgraded to ${version}.`;
      events.add(actor, {
        severity: "info",
        kind: "agents-upgrade-asked",
        subject: version,
        message,
        detail: { job: id },
      });
    });
    jobs.launch(id);
    return this.show(id);
  }

  /** @throws Fault `job-unknown` */
  show(id: string): Upgrade {
    const job = this.#options.jobs.find(id);
    if (job.kind !== "agent-upgrade") throw jobUnknown(id);
    return this.#view(job);
  }

  #view(job: JobRow): Upgrade {
    const { store } = this.#options;
    const { version, machines } = upgradeInputOf(job);
    return {
      job: job.id,
      version,
      state: job.state,
      machines: machines.map(({ id, state, from, error }) => {
        return { machine: id, name: store.members.byId(id)?.name ?? id, state, from, error };
      }),
    };
  }

  /** The archive holds what an agent puts beside itself. */
  #release(version: string | undefined): ReleaseRow {
    const archives = this.#options.store.releases.list().filter(({ kind }) => kind === "tar.gz");
    const [newest] = archives
      .filter((row) => version === undefined || row.version === version)
      .toSorted((one, other) => compareVersions(other.version, one.version));
    if (newest === undefined) throw releaseUnknown(version ?? "leeward-VERSION-linux-x64.tar.gz");
    return newest;
  }

  #machines(asked: readonly string[] | undefined): readonly MemberRow[] {
    const { members } = this.#options.store;
    const all = members.list().filter(({ role, removedMicros }) => role === "agent" && removedMicros === null);
    if (asked === undefined) {
      if (all.length === 0) throw upgradeMachinesNone();
      return all;
    }
    const found = asked.map((nameOrId) => {
      const machine = members.find("agent", nameOrId);
      if (machine === undefined || machine.removedMicros !== null) throw machineUnknown(nameOrId);
      return machine.id;
    });
    // In the order in which they were named.
    return [...new Set(found)].flatMap((id) => all.find((machine) => machine.id === id) ?? []);
  }

  #checkServers(version: string): void {
    const { store, softwareVersion } = this.#options;
    const servers = store.members
      .list()
      .filter(({ role, removedMicros }) => role !== "agent" && removedMicros === null);
    const all = [
      { name: "the config server", softwareVersion },
      ...servers.map(({ role, name, softwareVersion: of }) => ({ name: `the ${role} ${name}`, softwareVersion: of })),
    ];
    const older = all.flatMap(({ name, softwareVersion: of }) =>
      of !== null && compareVersions(of, version) < 0 ? [`${name} has ${of}`] : [],
    );
    if (older.length > 0) throw upgradeServersOlder(version, older);
  }
}
