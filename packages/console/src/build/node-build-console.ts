// The console as files that the config server serves as they are: one page, and assets whose names change with their content.
//
//   index.html             with NONCE in the place of what each answer has of its own
//   assets/NAME-HASH.js    split where pages are loaded lazily
//   assets/main-HASH.css, assets/icon.svg
//   assets/….br            each of them compressed, for browsers that take it so
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build, type Metafile } from "esbuild";

const SOURCES = dirname(dirname(fileURLToPath(import.meta.url)));
const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const ENTRY = "packages/console/src/main.tsx";

export interface BuiltConsole {
  /** Path below the console's folder → content. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What is in them, by paths from the repository's root. */
  readonly metafile: Metafile;
}

/** What is not minified says above each piece where it is from. @throws what esbuild finds wrong with the sources */
export async function buildConsole({ minify = true }: { readonly minify?: boolean } = {}): Promise<BuiltConsole> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: { main: ENTRY },
    // Nothing is written there: names must not depend on where it is built.
    outdir: "assets",
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    minify,
    format: "esm",
    platform: "browser",
    target: ["chrome120", "firefox121", "safari17"],
    jsx: "automatic",
    conditions: ["production"],
    define: { "process.env.NODE_ENV": '"production"' },
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    legalComments: "none",
    logLevel: "error",
  });
  const entry = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === ENTRY);
  if (entry === undefined) throw new Error("The build has no entry.");
  const [script, { cssBundle = "" }] = entry;
  const page = readFileSync(`${SOURCES}/index.html`, "utf8")
    .replace("SCRIPT", basename(script))
    .replace("STYLE", basename(cssBundle));
  const assets = [
    ["assets/icon.svg", readFileSync(`${SOURCES}/icon.svg`)] as const,
    ...outputFiles.map(({ path, contents }) => [`assets/${basename(path)}`, contents] as const),
  ];
  const files = new Map<string, Uint8Array>([
    ["index.html", new TextEncoder().encode(page)],
    ...assets,
    ...assets.map(([path, content]) => [`${path}.br`, compressed(content)] as const),
  ]);
  return { files, metafile };
}

function compressed(content: Uint8Array): Uint8Array {
  return brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
}
