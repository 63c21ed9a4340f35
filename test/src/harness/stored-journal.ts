import { readdir, readFile } from "node:fs/promises";
import { type ObjectStore, sourceOfBytes } from "@leeward/object-store";

/** Puts a journal that nobody writes to into a store, as proto/journal.md says that it lies there. */
export async function storeJournal(folder: string, store: ObjectStore, key: string): Promise<void> {
  const put = async (name: string, bytes: Uint8Array): Promise<void> => {
    await store.put(`${key}/${name}`, sourceOfBytes(bytes));
  };
  for (const inner of ["segments", "runs", "base"])
    for (const name of await readdir(`${folder}/${inner}`))
      await put(`${inner}/${name}`, await readFile(`${folder}/${inner}/${name}`));
  await put("keys.json", await readFile(`${folder}/keys.json`));
  const pointer = await readFile(`${folder}/CURRENT`, "utf8");
  const manifest = /"name":"([^"]+)"/.exec(pointer)?.[1] ?? "";
  await put(`${manifest}-00000000/00000000`, await readFile(`${folder}/${manifest}`));
  const claim = { claim: "0".repeat(32), turn: 1, objects: `${manifest}-00000000` };
  await put("CURRENT", Buffer.from(`${pointer}${JSON.stringify(claim)}\n`));
}
