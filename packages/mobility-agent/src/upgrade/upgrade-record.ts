// What a machine knows of its agent's last upgrade. It is written by the agent until the new version is handed over to the trial, by the trial from then on, and
// by the agent again after a boot, which no trial outlives: there is never more than one writer.
//
//   HOME/upgrade/record.json    how far it is         HOME/upgrade/up.json    said by the new version, once it is up
import { type Fault } from "@leeward/base";
import { type Files, readFile, removeReplaced, replaceFile } from "@leeward/world";
import { upgradeRecordDamaged } from "./upgrade-faults.ts";

/**
 *   downloading ─► unpacking ─► trying ─► keeping ─► done
 *        └──────────────┴► failed  └─► returning ─► returned
 *
 * What runs is touched from `trying` on. One that cannot be tried has failed, too.
 */
export const UPGRADE_STEPS = [
  "downloading",
  "unpacking",
  "trying",
  "keeping",
  "done",
  "returning",
  "returned",
  "failed",
] as const;
export type UpgradeStep = (typeof UPGRADE_STEPS)[number];

export interface UpgradeOrder {
  readonly orderId: string;
  readonly version: string;
  /** Of the config server's releases. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
  readonly readySeconds: number;
}

export interface UpgradeRecord extends UpgradeOrder {
  readonly step: UpgradeStep;
  /** The boot in which the new version is tried; empty before. */
  readonly bootId: string;
  /** Disks that were captured when it was begun to be tried, and are to be again. */
  readonly diskIds: readonly string[];
  /** Why it did not succeed. */
  readonly problem: Pick<Fault, "code" | "message"> | undefined;
}

const RECORD = "record.json";
const UP = "up.json";
const FORMAT = 1;
const BYTES_MAX = 1 << 20;

export function upgradeFolder(home: string): string {
  return `${home}/upgrade`;
}

/** Whether the trial has it. */
export function isTried(step: UpgradeStep): boolean {
  return step === "trying" || step === "keeping" || step === "returning";
}

export function isOver(step: UpgradeStep): boolean {
  return step === "done" || step === "returned" || step === "failed";
}

/** undefined where there was no upgrade. @throws Fault `upgrade-record-damaged` */
export async function readUpgrade(files: Files, home: string): Promise<UpgradeRecord | undefined> {
  const path = `${upgradeFolder(home)}/${RECORD}`;
  if ((await files.status(path)) === undefined) return undefined;
  const record = recordOf(parsed(await readFile(files, path, BYTES_MAX), path));
  if (record === undefined) throw upgradeRecordDamaged(path);
  return record;
}

/** Durable when it settles. */
export async function writeUpgrade(files: Files, home: string, record: UpgradeRecord): Promise<void> {
  const { problem = null, ...rest } = record;
  const text = JSON.stringify({ format: FORMAT, ...rest, problem });
  await replaceFile(files, upgradeFolder(home), RECORD, new TextEncoder().encode(`${text}\n`));
}

/** Said by the version that an order asked for, once it is up. */
export async function sayUp(files: Files, home: string, { orderId, version }: UpgradeOrder): Promise<void> {
  const text = JSON.stringify({ format: FORMAT, orderId, version });
  await replaceFile(files, upgradeFolder(home), UP, new TextEncoder().encode(`${text}\n`));
}

export async function isUp(files: Files, home: string, { orderId, version }: UpgradeOrder): Promise<boolean> {
  const path = `${upgradeFolder(home)}/${UP}`;
  if ((await files.status(path)) === undefined) return false;
  const said = parsed(await readFile(files, path, BYTES_MAX), path);
  return fieldOf(said, "orderId") === orderId && fieldOf(said, "version") === version;
}

export function forgetUpgrade(files: Files, home: string): Promise<void> {
  return removeReplaced(files, upgradeFolder(home), RECORD);
}

export function forgetUp(files: Files, home: string): Promise<void> {
  return removeReplaced(files, upgradeFolder(home), UP);
}

function parsed(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw upgradeRecordDamaged(path, cause);
  }
}

function recordOf(document: unknown): UpgradeRecord | undefined {
  const text = (name: string): string | undefined => {
    const value = fieldOf(document, name);
    return typeof value === "string" ? value : undefined;
  };
  const count = (name: string): number | undefined => {
    const value = fieldOf(document, name);
    return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
  };
  const step = UPGRADE_STEPS.find((each) => each === text("step"));
  const [orderId, version, file, sha256, bootId] = [
    text("orderId"),
    text("version"),
    text("file"),
    text("sha256"),
    text("bootId"),
  ];
  const [sizeBytes, readySeconds] = [count("sizeBytes"), count("readySeconds")];
  const ids = fieldOf(document, "diskIds");
  if (fieldOf(document, "format") !== FORMAT || step === undefined || !Array.isArray(ids)) return undefined;
  if (orderId === undefined || version === undefined || file === undefined) return undefined;
  if (sha256 === undefined || bootId === undefined) return undefined;
  if (sizeBytes === undefined || readySeconds === undefined) return undefined;
  const diskIds = ids.filter((id) => typeof id === "string");
  const order = { orderId, version, file, sizeBytes, sha256, readySeconds };
  return { ...order, step, bootId, diskIds, problem: problemOf(fieldOf(document, "problem")) };
}

function problemOf(value: unknown): UpgradeRecord["problem"] {
  const [code, message] = [fieldOf(value, "code"), fieldOf(value, "message")];
  return typeof code === "string" && typeof message === "string" ? { code, message } : undefined;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
