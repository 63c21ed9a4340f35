import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { basename, dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { run } from "./command.ts";

export interface ArchiveOptions {
  /** Seconds since 1970 of everything in it. */
  readonly seconds: number;
  /** Of gzip, 1 to 9. */
  readonly level: number;
}

const OWNER = ["--owner=root:0", "--group=root:0", "--numeric-owner"];

/** A folder as `file`, a .tar.gz with that folder as its only entry. */
export async function makeTar(folder: string, file: string, { seconds, level }: ArchiveOptions): Promise<void> {
  const plain = `${file}.plain`;
  const fixed = ["--format=ustar", "--sort=name", `--mtime=@${seconds}`, ...OWNER];
  await run("tar", [...fixed, "-cf", plain, basename(folder)], { folder: dirname(folder) });
  // No name and no time in its head, which is why it is not left to tar.
  await pipeline(createReadStream(plain), createGzip({ level, chunkSize: 1 << 20 }), createWriteStream(file));
  await run("rm", [plain], { folder: dirname(file) });
}

/** A folder with DEBIAN/ in it as `file`. gzip and not zstd: older dpkg take it, too. */
export async function makeDeb(folder: string, file: string, { seconds, level }: ArchiveOptions): Promise<void> {
  const fixed = ["--root-owner-group", "-Zgzip", `-z${level}`];
  const environment = { SOURCE_DATE_EPOCH: String(seconds) };
  await run("dpkg-deb", [...fixed, "--build", folder, file], { folder: dirname(folder), environment });
}

/** SHA-256 of a file, hexadecimal. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
