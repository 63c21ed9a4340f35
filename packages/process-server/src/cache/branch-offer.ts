import { Fault } from "@leeward/base";
import { type DiskOffer, decodeEnvelope, encodeEnvelope } from "@leeward/proto";
import { type Files, readFile, replaceFile } from "@leeward/world";
import { cacheUnreadable } from "../faults.ts";
import { LIMITS } from "../limits.ts";

const NAME = "offer";

/** What the agent said of the branch when it offered it last: kept beside the branch's cache as a `diskOffer` message. */
export async function readOffer(files: Files, folder: string): Promise<DiskOffer> {
  const path = `${folder}/${NAME}`;
  const bytes = await readFile(files, path, LIMITS.offerBytesMax);
  try {
    const { body } = decodeEnvelope(bytes);
    if (body.kind === "diskOffer") return body.value;
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    throw cacheUnreadable(path, "it does not decode", cause);
  }
  throw cacheUnreadable(path, "it holds no offer");
}

/** Durable when it settles. */
export async function writeOffer(files: Files, folder: string, offer: DiskOffer): Promise<void> {
  await replaceFile(files, folder, NAME, Buffer.concat(encodeEnvelope({ kind: "diskOffer", value: offer })));
}

export async function hasOffer(files: Files, folder: string): Promise<boolean> {
  return (await files.status(`${folder}/${NAME}`)) !== undefined;
}

/** Durable when it settles. */
export async function removeOffer(files: Files, folder: string): Promise<void> {
  if (!(await hasOffer(files, folder))) return;
  await files.remove(`${folder}/${NAME}`);
  await files.syncFolder(folder);
}
