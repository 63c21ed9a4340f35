// The program as one folder of JavaScript, for every role: esbuild puts our sources and the libraries together, split where code is loaded lazily, so that a
// command loads what it needs. Native libraries stay packages, since what they load lies beside them.
//
//   app-DIGEST/main.js, node-*.js, chunk-*.js      DIGEST of all that is in it: a process that runs while its package is replaced never meets
//   app-DIGEST/console/…                           what the config server serves to browsers
//   app-DIGEST/node_modules/…                      code of another version; what it has not loaded yet is gone, and it is started again
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { buildConsole } from "@leeward/console/build";
import { build, type Metafile, type Plugin } from "esbuild";
import { ENTRY_POINTS, startedBy, startingBundled } from "./entry-points.ts";
import { NATIVE, nativeLibraries, type System } from "./native-libraries.ts";
import { ROOT, softwareVersion } from "./repository.ts";

export interface Application {
  /** "app-0123456789abcdef". */
  readonly folder: string;
  /** Path below the folder → content; sorted. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Folders of the libraries that are in it, from the repository's root; sorted. */
  readonly libraries: readonly string[];
}

/** Where libraries are written for CommonJS, they ask for what a module does not have. */
const BANNER =
  'import { createRequire as leewardRequire } from "node:module"; const require = leewardRequire(import.meta.url);';
/** May be asked for, and is not there: the choice of a build of one's own, and libraries of other systems or for more speed. */
const ABSENT = [
  "lz4",
  "bufferutil",
  "utf-8-validate",
  "cpu-features",
  "osx-temperature-sensor",
  "macos-temperature-sensor",
];
const STORE = /^(node_modules\/\.pnpm\/[^/]+\/node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** `version` is what it says that it is. What differs between systems is its native libraries alone. */
export async function buildApplication(version: string, system: System = "linux"): Promise<Application> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [...ENTRY_POINTS],
    // Nothing is written there: the name must not depend on where the release is made.
    outdir: "app",
    write: false,
    entryNames: "[name]",
    chunkNames: "chunk-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    metafile: true,
    legalComments: "none",
    logLevel: "error",
    external: [...NATIVE, ...ABSENT],
    banner: { js: BANNER },
    plugins: [sources(version)],
  });
  const native = nativeLibraries(system);
  const bundled = outputFiles.map((each) => [basename(each.path), each.contents] as const);
  const manifest = new TextEncoder().encode('{ "type": "module" }\n');
  const page = await buildConsole();
  const ofPage = [...page.files].map(([path, content]) => [`console/${path}`, content] as const);
  const files = sorted([...bundled, ...native.files, ...ofPage, ["package.json", manifest]]);
  const libraries = [
    ...new Set([...bundledLibraries(metafile), ...bundledLibraries(page.metafile), ...native.folders]),
  ].sort();
  return { folder: `app-${digestOf(files)}`, files, libraries };
}

/** Our sources: what they start is found where it lies in a release, and they say that they are `version`. */
function sources(version: string): Plugin {
  return {
    name: "sources",
    setup({ onLoad }) {
      onLoad({ filter: /\/packages\/[^/]+\/src\/.*\.ts$/ }, ({ path }) => {
        const source = readFileSync(path, "utf8");
        const missing = startedBy(source)
          .map((name) => join(dirname(path), `${name}.ts`))
          .filter((file) => !ENTRY_POINTS.some((entry) => join(ROOT, entry) === file));
        const errors = missing.map((file) => ({ text: `${file} is started by ${path}, and is no entry point` }));
        return { loader: "ts" as const, contents: startingBundled(released(source, path, version)), errors };
      });
    },
  };
}

/** What is said otherwise in a release than in a checkout: the version, and where the console lies. */
function released(source: string, path: string, version: string): string {
  if (path.endsWith("/src/version.ts"))
    return source.replace(JSON.stringify(softwareVersion()), JSON.stringify(version));
  if (path.endsWith("/src/console-folder.ts")) return source.replace("../../console/dist", "./console");
  return source;
}

/** Those of which at least a byte is in an output. */
function bundledLibraries({ outputs }: Metafile): string[] {
  return Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) =>
      bytesInOutput === 0 ? [] : (STORE.exec(path)?.[1] ?? []),
    ),
  );
}

function sorted(files: readonly (readonly [string, Uint8Array])[]): Map<string, Uint8Array> {
  return new Map(files.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function digestOf(files: ReadonlyMap<string, Uint8Array>): string {
  const hash = createHash("sha256");
  for (const [path, content] of files) hash.update(`${path}\0${content.length}\0`).update(content);
  return hash.digest("hex").slice(0, 16);
}
