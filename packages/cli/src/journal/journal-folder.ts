import { Fault } from "@leeward/base";
import type { RecoveryPrivateKey } from "@leeward/identity";
import { isId } from "@leeward/proto";
import type { Files } from "@leeward/world";
import { type JournalDescription, readDescription } from "./journal-keys.ts";

/** One disk's journal, as it lies. */
export interface DiskFolder {
  readonly folder: string;
  readonly description: JournalDescription;
}

export interface Wanted {
  /** Name or id. */
  readonly machine: string | undefined;
  /** Name or id. */
  readonly disk: string | undefined;
}

/**
 * The journals under `folder`, which is HOME/journal, a machine's folder, or a disk's; those of `wanted` when it names any.
 * @throws Fault `journal-missing`, `machine-unknown`, `disk-unknown`, `journal-keys-missing`, `journal-keys-damaged`, `recovery-key-foreign`
 */
export async function diskFolders(
  files: Files,
  { folder, key }: { readonly folder: string; readonly key: RecoveryPrivateKey },
  wanted: Wanted,
): Promise<DiskFolder[]> {
  const found: DiskFolder[] = [];
  for (const path of await journalsUnder(files, folder)) {
    found.push({ folder: path, description: await readDescription(files, path, key) });
  }
  if (found.length === 0) throw journalMissing(folder);
  const { machine, disk } = wanted;
  const ofMachine = found.filter(
    ({ description: { machineId, machineName } }) =>
      machine === undefined || [machineId, machineName].includes(machine),
  );
  if (machine !== undefined && ofMachine.length === 0) throw unknown("machine", machine, folder);
  const ofDisk = ofMachine.filter(
    ({ description: { diskId, diskName } }) => disk === undefined || [diskId, diskName].includes(disk),
  );
  if (disk !== undefined && ofDisk.length === 0) throw unknown("disk", disk, folder);
  return ofDisk;
}

/** The one disk that is meant. @throws Fault `journal-choice-invalid` */
export function theOnly(found: readonly DiskFolder[]): DiskFolder {
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first;
  const names = found.map(({ description: { machineName, diskName } }) => `${machineName}/${diskName}`);
  throw new Fault({
    code: "journal-choice-invalid",
    kind: "operator",
    message: `${found.length} disks are meant: ${names.slice(0, 20).join(", ")}.`,
    remedy: "Name one with --machine and --disk, or give the folder of its journal.",
    detail: { disks: found.length },
  });
}

async function journalsUnder(files: Files, folder: string): Promise<string[]> {
  if ((await files.status(folder))?.kind !== "folder") throw journalMissing(folder);
  if (await isJournal(files, folder)) return [folder];
  const found: string[] = [];
  for (const name of await idsIn(files, folder)) {
    const path = `${folder}/${name}`;
    if (await isJournal(files, path)) found.push(path);
    else
      for (const disk of await idsIn(files, path))
        if (await isJournal(files, `${path}/${disk}`)) found.push(`${path}/${disk}`);
  }
  return found;
}

async function isJournal(files: Files, folder: string): Promise<boolean> {
  return (await files.status(`${folder}/CURRENT`)) !== undefined;
}

/** Names in the folder that are those of a machine or a disk. */
async function idsIn(files: Files, folder: string): Promise<string[]> {
  if ((await files.status(folder))?.kind !== "folder") return [];
  return (await files.list(folder)).filter((name) => isId(name));
}

function journalMissing(folder: string): Fault {
  return new Fault({
    code: "journal-missing",
    kind: "operator",
    message: `${folder} holds no journal.`,
    remedy: "Name the folder HOME/journal of a master target, one machine's folder in it, or one disk's.",
    detail: { folder },
  });
}

function unknown(what: "machine" | "disk", name: string, folder: string): Fault {
  return new Fault({
    code: `${what}-unknown`,
    kind: "operator",
    message: `${folder} holds no journal of a ${what} ${JSON.stringify(name)}.`,
    remedy: "See what is there with `leeward journal list`.",
    detail: { [what]: name },
  });
}
