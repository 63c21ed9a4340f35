// Snapshots of one disk, made and removed by a hook of the machine's owner.
//
//   note durable ─► HOOK --make ─► note has the path, durable ─► (read) ─► HOOK --remove ─► note removed
//
// Invariant: there is at most one snapshot of the disk, and while there may be one, the note names it: after a `--make` that failed, and after an agent that
// was killed. `--remove` is called for what is noted until it has succeeded, never beside a call that is still at work, and nothing new is made before. Worst outcome if broken: snapshots that pile up
// until the storage is full. A `--remove` of what is not there must do nothing: a crash may have come before the `--make`, or after the `--remove`.
import { isAbsolute } from "node:path";
import { Fault, isFault, type Random, randomId } from "@leeward/base";
import type { Consistency } from "@leeward/proto";
import type { Files } from "@leeward/world";
import { HOOK_OUTPUT_BYTES_MAX } from "../limits.ts";
import { type Hook, type HookCall, type HookEnd, type HookFolder, type HookRunner, whyOf } from "./hook.ts";
import { type NotedSnapshot, SnapshotNote } from "./snapshot-note.ts";

/** The hook of disks that have none of their own name. */
const DEFAULT_HOOK = "default";
const PATH_CHARACTERS_MAX = 4_096;
const OUTPUT_CHARACTERS_MAX = 300;
const STILL_AT_WORK = "waits for a call of the hook that was ended, and of which a process is still at work";
const CONSISTENCIES: readonly Consistency[] = ["crash", "file-system", "application"];
/** For a removal: nothing may stop it. */
const NEVER = new AbortController().signal;

export interface DiskSnapshotsOptions {
  readonly files: Files;
  readonly random: Random;
  /** Of the disk: where the note lies. */
  readonly folder: string;
  readonly disk: { readonly diskId: string; readonly name: string; readonly path: string };
  /** For people: where `find` looks. */
  readonly hookFolder: string;
  /** Looks anew each time. */
  readonly find: () => Promise<HookFolder>;
  readonly runner: HookRunner;
  /** How long one call may take, milliseconds. */
  readonly limitMs: number;
  /** The machine's name in the installation. */
  readonly machine: string;
}

/** What it takes to have a snapshot removed that may be left, whoever had it made. */
export type LeftSnapshotOptions = Pick<DiskSnapshotsOptions, "files" | "folder" | "hookFolder" | "find" | "runner">;

/** What a hook made. */
export interface MadeSnapshot {
  /** What is to be read. */
  readonly path: string;
  /** What the disk's content was brought to at the snapshot's moment, as the hook says it. */
  readonly consistency: Consistency;
}

export class DiskSnapshots {
  readonly #options: DiskSnapshotsOptions;
  readonly #note: SnapshotNote;

  constructor(options: DiskSnapshotsOptions) {
    this.#options = options;
    this.#note = new SnapshotNote(options.files, options.folder);
  }

  /** The hook of the disk's name, else `default`; undefined when there is none. @throws Fault `hook-refused` */
  async hook(): Promise<Hook | undefined> {
    const { hookFolder, disk } = this.#options;
    const { hooks, faults } = await this.#options.find();
    for (const name of [disk.name, DEFAULT_HOOK]) {
      const fault = faults.find(({ detail }) => detail["path"] === `${hookFolder}/${name}`);
      if (fault !== undefined) throw fault;
      const hook = hooks.find((each) => each.name === name);
      if (hook !== undefined) return hook;
    }
    const unreadable = faults.find(({ detail }) => detail["path"] === hookFolder);
    if (unreadable !== undefined) throw unreadable;
    return undefined;
  }

  /**
   * Asks the hook for a snapshot of the disk as it is now. Nothing is noted when it is called; `remove` ends what came of it, also when it fails.
   * @throws Fault `snapshot-failed`, and what keeps the note from being written
   */
  async make(hook: Hook, signal: AbortSignal): Promise<MadeSnapshot> {
    const { random, disk, machine, runner, limitMs } = this.#options;
    const snapshotId = randomId(random);
    const snapshot = { snapshotId, diskId: disk.diskId, diskName: disk.name, diskPath: disk.path, path: "" };
    const noted: NotedSnapshot = { ...snapshot, hook: hook.name, machine, limitMs };
    await this.#note.write(noted);
    const call: HookCall = { hook, machine, phase: "make", snapshot };
    const end = await runner.run(call, limitMs, signal);
    if (end.how !== "done") throw makeFailed(noted, whatHappened(end, limitMs));
    if (end.isStdoutCut) throw makeFailed(noted, `printed more than ${HOOK_OUTPUT_BYTES_MAX} bytes on stdout`);
    const made = madeOf(end.stdout);
    if (made === undefined) throw makeFailed(noted, `printed no {"path": "/…"} as its last line${textOf(end.stdout)}`);
    if (!isAbsolute(made.path)) throw makeFailed(noted, `named ${made.path}, which is no absolute path`);
    await this.#note.write({ ...noted, path: made.path });
    return made;
  }

  /** @throws as removeSnapshot */
  remove(): Promise<void> {
    return removeSnapshot(this.#options);
  }
}

/**
 * Removes what was made of a disk, or may have been, also for an agent that was killed; not while a call that was ended is still at work: what that makes after
 * `--remove` nobody would remove. @throws Fault `snapshot-left`, `snapshot-note-damaged`, and what the files throw
 */
export async function removeSnapshot(options: LeftSnapshotOptions): Promise<void> {
  const { files, folder, hookFolder, find, runner } = options;
  const note = new SnapshotNote(files, folder);
  const noted = await note.read();
  if (noted === undefined) return;
  const { hook: name, machine, limitMs, ...snapshot } = noted;
  if (!(await runner.endLeft(noted.snapshotId))) throw snapshotLeft(noted, STILL_AT_WORK);
  const { hooks, faults } = await find();
  const hook = hooks.find((each) => each.name === name);
  if (hook === undefined) {
    const why = faults.find(({ detail }) => detail["path"] === `${hookFolder}/${name}`)?.message;
    throw snapshotLeft(noted, why === undefined ? "is not there any more" : `is not run: ${why}`);
  }
  const end = await runner.run({ hook, machine, phase: "remove", snapshot }, limitMs, NEVER);
  if (end.how !== "done") throw snapshotLeft(noted, whatHappened(end, limitMs));
  await note.remove();
}

/** The last line counts: what makes a snapshot may say more before. */
function madeOf(stdout: string): MadeSnapshot | undefined {
  const line = stdout.trim().split("\n").at(-1) ?? "";
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch (error) {
    if (!(error instanceof SyntaxError) && !isFault(error)) throw error;
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null || !("path" in parsed)) return undefined;
  const { path } = parsed;
  if (typeof path !== "string" || path === "" || path.length > PATH_CHARACTERS_MAX) return undefined;
  const said = "consistency" in parsed ? parsed.consistency : "crash";
  const consistency = CONSISTENCIES.find((each) => each === said);
  return consistency === undefined ? undefined : { path, consistency };
}

function whatHappened(end: HookEnd, limitMs: number): string {
  const how = end.how === "late" ? `took longer than ${limitMs / 1_000} s, and was ended` : whyOf(end);
  return `${how}${textOf(end.stderr)}`;
}

function textOf(output: string): string {
  const text = output.trim().split("\n").at(-1) ?? "";
  return text === "" ? "" : `: ${text.slice(0, OUTPUT_CHARACTERS_MAX)}`;
}

function makeFailed({ hook, diskName, diskId }: NotedSnapshot, why: string): Fault {
  return new Fault({
    code: "snapshot-failed",
    kind: "transient",
    message: `No snapshot of ${diskName} could be made: the hook ${hook} --make ${why}.`,
    detail: { disk: diskId, hook },
  });
}

function snapshotLeft({ hook, diskName, diskId, snapshotId, path }: NotedSnapshot, why: string): Fault {
  return new Fault({
    code: "snapshot-left",
    kind: "operator",
    message: `The snapshot ${snapshotId}${path === "" ? "" : ` (${path})`} of ${diskName} may be left, and no other is made before it is removed: the hook ${hook} --remove ${why}.`,
    remedy:
      "See to it that the hook can remove it, or remove it by hand and have `--remove` of what is not there succeed; it is tried again by itself.",
    detail: { disk: diskId, hook, snapshot: snapshotId, path },
  });
}
