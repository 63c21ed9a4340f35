// The key that seals what the state holds and only homes may read: files of trust that several servers share, secrets of alert channels. It lies in homes
// and backups alone, so that a copy of the database opens nothing.
import { DATA_KEY_BYTES } from "@leeward/identity";
import { readFile, replaceFile, type World } from "@leeward/world";
import { sharedKeyWrong } from "../faults.ts";
import { SHARED_KEY_NAME } from "./trust-files.ts";

const KEY_FILE_BYTES_MAX = 1_024;

export interface HomeKeyOptions {
  readonly world: Pick<World, "files" | "random">;
  readonly home: string;
}

/** The key of the home; made where there is none, if it may be. @throws Fault `shared-key-wrong` */
export async function homeKey({ world, home }: HomeKeyOptions, mayMake: boolean): Promise<Uint8Array> {
  const path = `${home}/${SHARED_KEY_NAME}`;
  if ((await world.files.status(path)) === undefined) {
    if (!mayMake) throw sharedKeyWrong(home);
    const key = Buffer.from(world.random.bytes(DATA_KEY_BYTES)).toString("base64");
    await replaceFile(world.files, home, SHARED_KEY_NAME, new TextEncoder().encode(`${key}\n`));
  }
  return keyBytes(await readFile(world.files, path, KEY_FILE_BYTES_MAX), home);
}

/** What a key's file holds. @throws Fault `shared-key-wrong` */
export function keyBytes(content: Uint8Array, where: string): Uint8Array {
  const key = Buffer.from(new TextDecoder().decode(content), "base64");
  if (key.length !== DATA_KEY_BYTES) throw sharedKeyWrong(where);
  return new Uint8Array(key);
}
