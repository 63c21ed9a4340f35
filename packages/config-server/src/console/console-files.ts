// The console as the server answers with it: built files, all in memory. What is asked for is looked up by its whole name and nothing is opened for it, so
// no name leads anywhere else.
import { type Files, readFile } from "@leeward/world";

/** More than the console is by far, bytes. */
const FILE_BYTES_MAX = 16 * 1_024 * 1_024;
const ASSETS = "assets";
const COMPRESSED = ".br";

const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

export interface ConsoleAsset {
  readonly type: string;
  readonly content: Uint8Array;
  /** By Brotli; undefined where there is none. */
  readonly compressed: Uint8Array | undefined;
}

export interface ConsoleFiles {
  /** The page, with NONCE where each answer has its own. */
  readonly page: string;
  /** By name. */
  readonly assets: ReadonlyMap<string, ConsoleAsset>;
}

/** Reads the console that was built into `folder`; undefined where there is none. */
export async function readConsole(files: Files, folder: string): Promise<ConsoleFiles | undefined> {
  if ((await files.status(`${folder}/index.html`)) === undefined) return undefined;
  const read = (path: string): Promise<Uint8Array> => readFile(files, `${folder}/${path}`, FILE_BYTES_MAX);
  const names = await files.list(`${folder}/${ASSETS}`);
  const assets = new Map<string, ConsoleAsset>();
  for (const name of names) {
    const type = TYPES[name.slice(name.lastIndexOf(".") + 1)];
    if (type === undefined) continue;
    const isCompressed = names.includes(`${name}${COMPRESSED}`);
    assets.set(name, {
      type,
      content: await read(`${ASSETS}/${name}`),
      compressed: isCompressed ? await read(`${ASSETS}/${name}${COMPRESSED}`) : undefined,
    });
  }
  return { page: new TextDecoder().decode(await read("index.html")), assets };
}
