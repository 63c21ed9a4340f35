// An agent becomes another version by order of its config server: it brings the archive, unpacks it beside what runs, has the new version say that it does here, and
// hands over to the trial (trial.ts). Until then nothing that runs is touched, and whatever goes wrong leaves the machine as it was.
import { compareVersions, type Fault, isFault, orAborted, releaseFileOf, Waiters } from "@leeward/base";
import type { UpgradeAgent, UpgradeStatus } from "@leeward/proto";
import { type Clock, type Files, makeDurableFolder } from "@leeward/world";
import {
  TRIAL_AGAIN_MS,
  TRIAL_LOOK_MS,
  TRIAL_NONE_MS_MAX,
  UPGRADE_RETRY_MS,
  UPGRADE_ROOM_BYTES,
  UPGRADE_ROOM_TIMES,
} from "../limits.ts";
import { type ReadRelease, UpgradeDownload } from "./download.ts";
import type { InstalledProgram } from "./installed-program.ts";
import { settleAfterBoot, settleWithoutTrial } from "./trial.ts";
import {
  upgradeNoRoom,
  upgradeNotInstalled,
  upgradeOlder,
  upgradeOrderInvalid,
  upgradeRefused,
  upgradeUnderWay,
  upgradeUnfit,
} from "./upgrade-faults.ts";
import {
  forgetUp,
  forgetUpgrade,
  isOver,
  isTried,
  isUp,
  readUpgrade,
  sayUp,
  type UpgradeRecord,
  upgradeFolder,
  writeUpgrade,
} from "./upgrade-record.ts";

export interface UpgraderOptions {
  readonly clock: Clock;
  readonly files: Files;
  /** A durable folder. */
  readonly home: string;
  readonly bootId: string;
  /** That runs. */
  readonly version: string;
  /** Of the home, as this version writes it. */
  readonly homeFormat: number;
  /** undefined where none was installed. */
  readonly program: InstalledProgram | undefined;
  /** Whether the machine takes orders. */
  readonly accepts: () => boolean;
  /** @throws Fault by name, also while nobody can be asked */
  readonly readRelease: ReadRelease;
  /** Starts a trial as a process that outlives this one; one that finds another at work ends by itself. Settles with why it was refused; empty when it was not. */
  readonly launchTrial: (orderId: string) => Promise<string>;
  /** Does something while no trial is at work, and none can begin; undefined, and nothing is done, when one is. */
  readonly ifNoTrial: <T>(work: () => Promise<T>) => Promise<T | undefined>;
  /** Disks that are captured now. */
  readonly capturedDisks: () => readonly string[];
  /** Whether the config server has taken this agent for the machine's, and said that the plan in force is its newest. */
  readonly isConnected: () => boolean;
  /** Told of a record that cannot be read; the agent goes on as if there had been no upgrade. */
  readonly onDamaged: (fault: Fault) => void;
  /** Told of what keeps an upgrade from going on, a full disk for one; it is tried again after a while. */
  readonly onFault: (fault: Fault) => void;
  /** Told when the status is another. */
  readonly onChange: () => void;
}

export class Upgrader {
  readonly #options: UpgraderOptions;
  readonly #changed = new Waiters();
  #record: UpgradeRecord | undefined;
  /** Whether `#record` is what is stored, with what a boot cut off settled. */
  #isLoaded = false;
  /** Why the trial that was launched last was refused; empty when it was not. */
  #said = "";

  private constructor(options: UpgraderOptions) {
    this.#options = options;
  }

  /** What a boot cut off is settled; what keeps that from being done keeps no agent from running. */
  static async open(options: UpgraderOptions): Promise<Upgrader> {
    const upgrader = new Upgrader(options);
    try {
      await upgrader.#load();
    } catch (error) {
      if (!isFault(error)) throw error;
      options.onFault(error);
    }
    return upgrader;
  }

  /** What the agent's status says of it: nothing before the first order. */
  status(): { readonly upgrade?: UpgradeStatus } {
    if (this.#record === undefined) return {};
    const { orderId, version, step, problem } = this.#record;
    const upgrade: UpgradeStatus = {
      orderId,
      version,
      // That it is to stay is known only when it does.
      state: step === "keeping" ? "trying" : step,
      code: problem?.code ?? "",
      message: problem?.message ?? "",
    };
    return { upgrade };
  }

  /**
   * Takes an order: it is stored when this settles. The same once more is that order.
   * @throws Fault `upgrade-refused`, `upgrade-not-installed`, `upgrade-older`, `upgrade-under-way`, `upgrade-order-invalid`, `upgrade-no-room`, and of the file system
   */
  async take(order: UpgradeAgent): Promise<void> {
    const { files, home, version, program, accepts } = this.#options;
    if (!this.#isLoaded) await this.#load();
    if (this.#record?.orderId === order.orderId) return;
    if (!accepts()) throw upgradeRefused();
    if (program === undefined) throw upgradeNotInstalled();
    if (this.#record !== undefined && !isOver(this.#record.step)) throw upgradeUnderWay(this.#record.version);
    const named = releaseFileOf(order.file);
    if (named?.kind !== "tar.gz" || named.version !== order.version) throw upgradeOrderInvalid(order.file);
    if (compareVersions(order.version, version) <= 0) throw upgradeOlder(version, order.version);
    const needBytes = order.sizeBytes * UPGRADE_ROOM_TIMES + UPGRADE_ROOM_BYTES;
    for (const folder of [program.folder, home]) {
      if ((await files.space(folder)).freeBytes < needBytes) throw upgradeNoRoom(folder, needBytes);
    }
    const sha256 = Buffer.from(order.sha256).toString("hex");
    await this.#store({ ...order, sha256, step: "downloading", bootId: "", diskIds: [], problem: undefined });
  }

  /** Carries orders on until the signal aborts. What the file system refuses is tried again: nothing of an upgrade ends the agent. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, onFault } = this.#options;
    try {
      while (!signal.aborted) {
        try {
          await this.#carryOn(signal);
        } catch (error) {
          if (!isFault(error) || signal.aborted) throw error;
          onFault(error);
          // How much of it was stored is not known.
          this.#isLoaded = false;
          await clock.sleep(UPGRADE_RETRY_MS, signal);
        }
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Reads what is stored, unless it is known, and settles what a boot cut off. */
  async #load(): Promise<void> {
    const { files, home, program, bootId, version } = this.#options;
    await makeDurableFolder(files, home, upgradeFolder(home));
    const found = await readable(this.#options);
    this.#record = found;
    const isCut = found !== undefined && isTried(found.step) && found.bootId !== bootId;
    if (isCut) this.#record = await settleAfterBoot({ files, home, program }, found, version);
    this.#isLoaded = true;
  }

  async #carryOn(signal: AbortSignal): Promise<void> {
    if (!this.#isLoaded) await this.#load();
    await this.#tidy();
    for (;;) {
      const changed = this.#changed.next();
      const record = this.#record;
      if (record === undefined || isOver(record.step)) await orAborted(changed, signal);
      else if (isTried(record.step)) await this.#follow(record, signal);
      else await this.#prepare(record, signal);
    }
  }

  /** Until the trial has it. */
  async #prepare(record: UpgradeRecord, signal: AbortSignal): Promise<void> {
    try {
      if (record.step === "downloading") await this.#download(record, signal);
      else await this.#unpack(record, signal);
    } catch (error) {
      if (!isFault(error) || signal.aborted) throw error;
      await this.#fail(record, error);
    }
  }

  async #download(record: UpgradeRecord, signal: AbortSignal): Promise<void> {
    await new UpgradeDownload(this.#options).bring(record, signal);
    await this.#store({ ...record, step: "unpacking" });
  }

  async #unpack(record: UpgradeRecord, signal: AbortSignal): Promise<void> {
    const { files, home, bootId, homeFormat, capturedDisks } = this.#options;
    const { version, orderId, file } = record;
    const program = this.#program();
    await program.unpack(`${upgradeFolder(home)}/${file}`, version);
    const examined = await program.examine(version, home);
    if (examined.version !== version) throw upgradeUnfit(version, `it says that it is ${examined.version}`);
    if (examined.homeFormat !== homeFormat)
      throw upgradeUnfit(version, "it changes the agent's home, and could not be left again");
    signal.throwIfAborted();
    await forgetUp(files, home);
    await this.#store({ ...record, step: "trying", bootId, diskIds: capturedDisks() });
    this.#said = await this.#options.launchTrial(orderId);
  }

  /** What the trial makes of it; and when this is the version that is tried, says that it is up. */
  async #follow(record: UpgradeRecord, signal: AbortSignal): Promise<void> {
    const { clock, files, home, version, launchTrial } = this.#options;
    let launchedMicros = clock.monotonicMicros();
    let movedMicros = launchedMicros;
    for (let now = record; isTried(now.step); ) {
      if (now.step === "trying" && now.version === version && this.#isUp(now) && !(await isUp(files, home, now)))
        await sayUp(files, home, now);
      if (clock.monotonicMicros() - launchedMicros >= TRIAL_AGAIN_MS * 1_000) {
        launchedMicros = clock.monotonicMicros();
        this.#said = await launchTrial(now.orderId);
      }
      await clock.sleep(TRIAL_LOOK_MS, signal);
      const { step } = now;
      now = (await readUpgrade(files, home)) ?? now;
      const isLate = clock.monotonicMicros() - movedMicros >= now.readySeconds * 1_000_000 + TRIAL_NONE_MS_MAX * 1_000;
      if (isLate) now = (await this.#giveUp()) ?? now;
      if (isLate || now.step !== step) movedMicros = clock.monotonicMicros();
      this.#record = now;
    }
    this.#options.onChange();
    await this.#tidy();
  }

  /** A trial that cannot be started is not waited for without end: no other order would be taken. undefined when one is at work. */
  async #giveUp(): Promise<UpgradeRecord | undefined> {
    const { files, home, version, program, ifNoTrial } = this.#options;
    if (program === undefined) return undefined;
    return ifNoTrial(() => settleWithoutTrial({ files, home, program }, version, this.#said));
  }

  #isUp({ diskIds }: UpgradeRecord): boolean {
    const { isConnected, capturedDisks } = this.#options;
    const captured = new Set(capturedDisks());
    return isConnected() && diskIds.every((id) => captured.has(id));
  }

  async #fail(record: UpgradeRecord, { code, message }: Fault): Promise<void> {
    // It may be for want of room that it failed: without what was brought there is some to store that.
    await this.#clear();
    await this.#store({ ...record, step: "failed", problem: { code, message } });
  }

  /** What no order needs any more. */
  async #tidy(): Promise<void> {
    if (this.#record === undefined || isOver(this.#record.step)) await this.#clear();
  }

  async #clear(): Promise<void> {
    const { files, home, program } = this.#options;
    await new UpgradeDownload(this.#options).remove();
    await program?.prune();
    await files.syncFolder(upgradeFolder(home));
  }

  async #store(record: UpgradeRecord): Promise<void> {
    const { files, home, onChange } = this.#options;
    await writeUpgrade(files, home, record);
    this.#record = record;
    this.#changed.notify();
    onChange();
  }

  /** @throws Fault `upgrade-not-installed` */
  #program(): InstalledProgram {
    const { program } = this.#options;
    if (program === undefined) throw upgradeNotInstalled();
    return program;
  }
}

/** That nobody knows how an upgrade went keeps no disk from being protected: no version is on trial then. */
async function readable({ files, home, program, onDamaged }: UpgraderOptions): Promise<UpgradeRecord | undefined> {
  try {
    return await readUpgrade(files, home);
  } catch (error) {
    if (!isFault(error, "upgrade-record-damaged")) throw error;
    onDamaged(error);
    await program?.putBack();
    await forgetUpgrade(files, home);
    return undefined;
  }
}
