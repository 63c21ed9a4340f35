// The new version is tried by a process that is no part of either agent, and runs the code of the old one.
//
//   trying:     the new one chosen for this boot → the agent stopped, drained → started → up? ──► keeping: chosen for good → done
//                                                                                  └── not in time, ended ──► returning: the old one chosen → restarted → returned
//
// An agent is started anew by one order to the manager of services: a trial that dies behind it leaves an agent that runs.
//
// Invariant: each step is stored before its effects, all of which may be done again. What is chosen for a boot is nothing in the next one: a machine that loses
// its power before the new version was up comes back with the old one (`settleAfterBoot`). A trial that is killed is begun anew by whichever agent runs. Records are
// captured as by any other restart: the agent drains, and what was written while none ran is found by the tracker or cannot be written at all.
import type { Clock, Files } from "@leeward/world";
import { TRIAL_GONE_MS_MAX, TRIAL_LOOK_MS, TRIAL_START_AGAIN_MS } from "../limits.ts";
import type { AgentService } from "./agent-service.ts";
import type { InstalledProgram } from "./installed-program.ts";
import { upgradeEnded, upgradeInterrupted, upgradeNotTried, upgradeNotUp } from "./upgrade-faults.ts";
import { forgetUp, isTried, isUp, readUpgrade, type UpgradeRecord, writeUpgrade } from "./upgrade-record.ts";

export interface TrialMeans {
  readonly clock: Clock;
  readonly files: Files;
  readonly home: string;
  readonly program: Pick<InstalledProgram, "tryOut" | "keep" | "putBack">;
  readonly service: AgentService;
}

/** Carries an upgrade that is being tried to its end. Settles with how it ended; undefined when there is none to be tried. */
export async function tryUpgrade(means: TrialMeans, signal: AbortSignal): Promise<UpgradeRecord | undefined> {
  const { files, home, program } = means;
  for (;;) {
    const record = await readUpgrade(files, home);
    if (record === undefined || !isTried(record.step)) return record;
    const { version } = record;
    const move = (to: Partial<UpgradeRecord>): Promise<void> => writeUpgrade(files, home, { ...record, ...to });
    if (record.step === "trying") {
      const fault = await attempt(means, record, signal);
      if (fault === undefined) await move({ step: "keeping" });
      else await move({ step: "returning", problem: { code: fault.code, message: fault.message } });
    } else if (record.step === "keeping") {
      await program.keep(version);
      await move({ step: "done" });
    } else {
      await goBack(means, record, signal);
      await move({ step: "returned" });
    }
  }
}

/**
 * What a boot leaves of a trial, settled by the agent that the boot started: the version that was chosen for good runs, and no trial does. Settles with
 * how it ended.
 */
export async function settleAfterBoot(
  {
    files,
    home,
    program,
  }: Pick<TrialMeans, "files" | "home"> & { readonly program: TrialMeans["program"] | undefined },
  record: UpgradeRecord,
  runningVersion: string,
): Promise<UpgradeRecord> {
  const isKept = record.step === "keeping" && runningVersion === record.version;
  // Where nothing is installed, nothing is chosen either.
  if (isKept) await program?.keep(record.version);
  else await program?.putBack();
  const { code, message } = upgradeInterrupted(record.version);
  const problem = record.problem ?? { code, message };
  const settled: UpgradeRecord = isKept ? { ...record, step: "done" } : { ...record, step: "returned", problem };
  await writeUpgrade(files, home, settled);
  return settled;
}

/**
 * What becomes of an upgrade whose trial cannot be started, while none is at work; `said` is why. Settles with how it ended; undefined when only a trial can end it, since the
 * agent that runs is not the one that is to stay.
 */
export async function settleWithoutTrial(
  { files, home, program }: Pick<TrialMeans, "files" | "home" | "program">,
  runningVersion: string,
  said: string,
): Promise<UpgradeRecord | undefined> {
  const record = await readUpgrade(files, home);
  if (record === undefined || !isTried(record.step)) return record;
  const { version, step } = record;
  let settled: UpgradeRecord;
  if (runningVersion === version) {
    if (step === "returning" || !(await isUp(files, home, record))) return undefined;
    await program.keep(version);
    settled = { ...record, step: "done" };
  } else {
    if (step === "keeping") return undefined;
    await program.putBack();
    const { code, message } = upgradeNotTried(version, said);
    settled =
      step === "returning"
        ? { ...record, step: "returned" }
        : { ...record, step: "failed", problem: { code, message } };
  }
  await writeUpgrade(files, home, settled);
  return settled;
}

/** Why the new version is not to stay; undefined when it is up. */
async function attempt(
  { files, home, clock, program, service }: TrialMeans,
  record: UpgradeRecord,
  signal: AbortSignal,
): Promise<ReturnType<typeof upgradeNotUp> | undefined> {
  const { version, readySeconds } = record;
  // A trial that was begun anew may find it up.
  if (await isUp(files, home, record)) return undefined;
  await program.tryOut(version);
  await service.restart();
  const until = clock.monotonicMicros() + readySeconds * 1_000_000;
  let seenMicros = clock.monotonicMicros();
  for (;;) {
    if (await isUp(files, home, record)) return undefined;
    const now = clock.monotonicMicros();
    if (now >= until) return upgradeNotUp(version, readySeconds);
    if (await service.isRunning()) seenMicros = now;
    else if (now - seenMicros >= TRIAL_GONE_MS_MAX * 1_000) return upgradeEnded(version);
    await clock.sleep(TRIAL_LOOK_MS, signal);
  }
}

/** Starts the version before until it runs: nobody else would, in a machine whose agent has ended. */
async function goBack(
  { files, home, clock, program, service }: TrialMeans,
  { readySeconds }: UpgradeRecord,
  signal: AbortSignal,
): Promise<void> {
  await program.putBack();
  const until = clock.monotonicMicros() + readySeconds * 1_000_000;
  let isRestarted = await service.restart();
  await forgetUp(files, home);
  for (let triedMicros = clock.monotonicMicros(); ; ) {
    const isRunning = await service.isRunning();
    const now = clock.monotonicMicros();
    if ((isRestarted && isRunning) || now >= until) return;
    if (now - triedMicros >= TRIAL_START_AGAIN_MS * 1_000) {
      triedMicros = now;
      if (isRestarted) await service.start();
      else isRestarted = await service.restart();
    }
    await clock.sleep(TRIAL_LOOK_MS, signal);
  }
}
