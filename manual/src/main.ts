// `npm run manual`: the manual as a site and as man pages.
//
//   npm run manual -- [--to DIR]           DIR/site/index.html, DIR/man/man1/leeward.1 …; `man -M DIR/man leeward`
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { SOFTWARE_VERSION } from "@leeward/leeward";
import { manPages } from "./man-pages.ts";
import { manualPages } from "./pages.ts";
import { ROOT } from "./repository.ts";
import { siteFiles } from "./site.ts";

const { values } = parseArgs({ options: { to: { type: "string", default: ".leeward/manual" } } });
const folder = resolve(ROOT, values.to);
const pages = await manualPages();
write(join(folder, "site"), siteFiles(pages, SOFTWARE_VERSION));
write(join(folder, "man"), manPages(pages, SOFTWARE_VERSION));
console.log(`${join(folder, "site/index.html")}\n${join(folder, "man")}`);

function write(to: string, files: ReadonlyMap<string, string>): void {
  rmSync(to, { recursive: true, force: true });
  for (const [path, content] of files) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    writeFileSync(join(to, path), content);
  }
}
