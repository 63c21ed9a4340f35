import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeBootImage } from "./boot-image.ts";
import { makeGuestTree } from "./guest-tree.ts";
import { runProgram } from "./program.ts";
import { isEmulated } from "./qemu-arguments.ts";

const SIZE_MIB = 2_048;
/** A change of any of them makes another image. */
const RECIPE = ["guest-tree.ts", "debian-tree.ts", "boot-image.ts", "guest-image.ts"];
const STATE = fileURLToPath(new URL("../../../.leeward", import.meta.url));

/** Where what is made once is kept: `LEEWARD_CACHE`, else the repository's state folder. */
export function cacheFolder(): string {
  return process.env["LEEWARD_CACHE"] ?? STATE;
}

/**
 * The root disk of a Debian guest: a sparse raw file that boots by BIOS and by UEFI, and the key with which root logs in. It is made once
 * and kept, in a folder that is named by a digest of the recipe, for as long as nobody removes it; never written to.
 */
export class GuestImage {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** The image that this recipe makes; it is made now if it is not there yet, which takes root and a minute or two. */
  static async open(): Promise<GuestImage> {
    const folder = join(cacheFolder(), `guest-${await digestOfRecipe()}`);
    if (!existsSync(folder)) await make(folder);
    return new GuestImage(folder);
  }

  get file(): string {
    return join(this.folder, "root.raw");
  }

  get keyFile(): string {
    return join(this.folder, "key");
  }

  /** In ssh's own form, with the guest as `guest`. */
  get knownHostsFile(): string {
    return join(this.folder, "known_hosts");
  }

  /** A copy that may be written to; holes stay holes. */
  async copyTo(path: string): Promise<void> {
    await runProgram("cp", ["--sparse=auto", "--reflink=auto", this.file, path]);
  }

  /** How many bytes of the file are no holes. */
  async storedBytes(): Promise<number> {
    return (await stat(this.file)).blocks * 512;
  }
}

async function digestOfRecipe(): Promise<string> {
  const hash = createHash("sha256");
  for (const name of RECIPE) hash.update(await readFile(join(import.meta.dirname, name)));
  hash.update(isEmulated() ? "emulated" : "");
  return hash.digest("hex").slice(0, 16);
}

/** Made aside and renamed when it is whole: who is interrupted leaves nothing that looks like an image. */
async function make(folder: string): Promise<void> {
  const aside = `${folder}.${randomBytes(4).toString("hex")}.making`;
  const tree = join(aside, "tree");
  await mkdir(aside, { recursive: true, mode: 0o700 });
  try {
    const key = join(aside, "key");
    await runProgram("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "leeward-guest", "-f", key]);
    await makeGuestTree(tree, await readFile(`${key}.pub`, "utf8"));
    const hostKey = await readFile(join(tree, "etc/ssh/ssh_host_ed25519_key.pub"), "utf8");
    await writeFile(join(aside, "known_hosts"), `guest ${hostKey}`);
    await makeBootImage(tree, join(aside, "root.raw"), SIZE_MIB);
    await rm(tree, { recursive: true });
    // Somebody else may have made it meanwhile: theirs is as good.
    await rename(aside, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}
