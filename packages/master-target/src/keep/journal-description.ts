import type { DataKey } from "@leeward/change-log";
import { sealWithDataKey } from "@leeward/identity";
import type { TargetDisk } from "@leeward/proto";
import { replaceFile } from "@leeward/world";
import type { JournalHome } from "./journal-home.ts";

/** keys.json: what makes a journal whole in itself: whose it is, and its data key wrapped to everyone who may open it. A store is not told the names. */
export async function writeDescription(
  { world, hidesNames }: JournalHome,
  { folder, dataKey }: { readonly folder: string; readonly dataKey: DataKey },
  plan: TargetDisk,
): Promise<void> {
  const { machineId, machineName, diskId, diskName, keyId, wrappedKeys } = plan;
  const names = { machineName, diskName };
  const key = { dataKey: dataKey.bytes, keyId };
  const told = hidesNames ? { names: await sealWithDataKey(JSON.stringify(names), key) } : names;
  const document = { machineId, diskId, ...told, keyId, wrappedKeys };
  await replaceFile(
    world.files,
    folder,
    "keys.json",
    new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`),
  );
}
