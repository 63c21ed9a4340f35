// Fetches what package.json beside it names, for Windows, on Linux: once, and again when the lock file changed. Run by `npm run peers` and `npm run release -- --kind zip`.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = dirname(fileURLToPath(import.meta.url));
const LOCK = join(FOLDER, "package-lock.json");
const FETCHED = join(FOLDER, "node_modules/fetched-lock.json");

if (!existsSync(FETCHED) || readFileSync(FETCHED, "utf8") !== readFileSync(LOCK, "utf8")) {
  // --force: none of it is for the system that it is fetched on.
  const args = ["ci", "--prefix", FOLDER, "--force", "--ignore-scripts", "--no-audit", "--no-fund"];
  const { status, stderr, error } = spawnSync("npm", args, { encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
  if (status !== 0) {
    process.stderr.write(`npm ${args.join(" ")} failed: ${error?.message ?? stderr}\n`);
    process.exit(1);
  }
  writeFileSync(FETCHED, readFileSync(LOCK));
}
