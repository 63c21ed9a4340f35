// The console as files that the config server serves as they are: one page, and assets whose names change with their content.
//
//   index.html             with NONCE in the place of what each answer has of its own
//   assets/NAME-HASH.js    split where pages are loaded lazily
//   assets/main-HASH.css, assets/icon.svg
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const SOURCES = dirname(dirname(fileURLToPath(import.meta.url)));

/** Path below the console's folder → content. @throws what esbuild finds wrong with the sources */
export async function buildConsole(): Promise<ReadonlyMap<string, Uint8Array>> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: SOURCES,
    entryPoints: { main: "main.tsx" },
    // Nothing is written there: names must not depend on where it is built.
    outdir: "assets",
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    minify: true,
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
  const entry = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === "main.tsx");
  if (entry === undefined) throw new Error("The build has no entry.");
  const [script, { cssBundle = "" }] = entry;
  const page = readFileSync(`${SOURCES}/index.html`, "utf8")
    .replace("SCRIPT", basename(script))
    .replace("STYLE", basename(cssBundle));
  return new Map<string, Uint8Array>([
    ["index.html", new TextEncoder().encode(page)],
    ["assets/icon.svg", readFileSync(`${SOURCES}/icon.svg`)],
    ...outputFiles.map(({ path, contents }) => [`assets/${basename(path)}`, contents] as const),
  ]);
}
