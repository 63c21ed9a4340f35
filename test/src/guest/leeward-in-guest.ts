import { open } from "node:fs/promises";
import { join } from "node:path";
import type { Guest } from "./guest.ts";
import { makeSourcesTar, runtimeTar } from "./leeward-runtime.ts";

const LEEWARD_FOLDER = "/opt/leeward";
/** For some 50 MB over an encrypted connection into an emulated machine. */
const UNPACK_SECONDS_MAX = 300;

/**
 * Puts this checkout into the guest as an installation at /opt/leeward: the pinned Node, libraries, and the sources as they are now. Its
 * commands are run as `leeward`.
 */
export async function installLeeward(guest: Guest): Promise<void> {
  const sources = join(guest.folder, "sources.tar.zst");
  await makeSourcesTar(sources);
  await guest.run(`mkdir -p ${LEEWARD_FOLDER}/.leeward`);
  for (const tar of [await runtimeTar(), sources]) await unpack(guest, tar);
  // What says that a checkout is set up; without it the executable would begin to install what is here.
  await guest.run(
    `touch ${LEEWARD_FOLDER}/.leeward/workspace.done && ln -sf ${LEEWARD_FOLDER}/leeward /usr/local/bin/leeward`,
  );
}

async function unpack(guest: Guest, tar: string): Promise<void> {
  await using file = await open(tar);
  const command = `tar -C ${LEEWARD_FOLDER} --zstd --no-same-owner -x`;
  await guest.run(command, { input: { descriptor: file.fd }, secondsMax: UNPACK_SECONDS_MAX });
}
