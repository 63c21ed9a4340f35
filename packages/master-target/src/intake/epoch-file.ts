// epochs.json: the epochs that a master target knows, by machine.
//
//   { "version": 2, "machines": { "<machine id>": { "epoch": 3, "claim": "<failover id>" } } }      claim: who raised it; none where it was seen
//   { "<machine id>": 3 }                                                                          as it was before epochs were raised
import { Fault } from "@leeward/base";
import { type Files, readFile, replaceFile } from "@leeward/world";

const FILE = "epochs.json";
const VERSION = 2;
const BYTES_MAX = 16 * 1024 * 1024;

export interface KnownEpoch {
  readonly epoch: number;
  /** The failover that raised it; undefined where a peer or a plan came with it. */
  readonly claimId?: string;
}

/** @throws Fault `epochs-damaged`, `epochs-newer` */
export async function readEpochs(files: Files, folder: string): Promise<Map<string, KnownEpoch>> {
  const path = `${folder}/${FILE}`;
  if ((await files.status(path)) === undefined) return new Map();
  const bytes = await readFile(files, path, BYTES_MAX);
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw damaged(path, cause);
  }
  if (!isRecord(document)) throw damaged(path, undefined);
  const { version, machines } = document;
  if (version === undefined) return entriesOf(document, path);
  if (typeof version !== "number" || !isRecord(machines)) throw damaged(path, undefined);
  if (version > VERSION) throw newer(path, version);
  return entriesOf(machines, path);
}

/** Durable when it settles. */
export async function writeEpochs(
  files: Files,
  folder: string,
  epochs: ReadonlyMap<string, KnownEpoch>,
): Promise<void> {
  const machines = Object.fromEntries(
    Array.from(epochs, ([machineId, { epoch, claimId }]) => [
      machineId,
      { epoch, ...(claimId !== undefined && { claim: claimId }) },
    ]),
  );
  const text = JSON.stringify({ version: VERSION, machines });
  await replaceFile(files, folder, FILE, new TextEncoder().encode(`${text}\n`));
}

function entriesOf(machines: Readonly<Record<string, unknown>>, path: string): Map<string, KnownEpoch> {
  return new Map(
    Object.entries(machines).map(([machineId, entry]) => {
      const { epoch, claim } = isRecord(entry) ? entry : { epoch: entry, claim: undefined };
      if (typeof epoch !== "number" || !Number.isSafeInteger(epoch) || epoch < 0) throw damaged(path, undefined);
      if (claim === undefined) return [machineId, { epoch }];
      if (typeof claim !== "string") throw damaged(path, undefined);
      return [machineId, { epoch, claimId: claim }];
    }),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function damaged(path: string, cause: unknown): Fault {
  return new Fault({
    code: "epochs-damaged",
    kind: "corruption",
    message: `${path} does not hold epochs; without them an old source could not be told from the present one.`,
    detail: { path },
    cause,
  });
}

function newer(path: string, version: number): Fault {
  return new Fault({
    code: "epochs-newer",
    kind: "operator",
    message: `${path} was written by newer software than this (version ${version}, known is ${VERSION}).`,
    remedy: "Start the master target with the release that wrote it, or a newer one.",
    detail: { path, version },
  });
}
