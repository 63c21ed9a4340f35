// Fetches the object stores that package.json beside it names: once, and again when the lock file changed. Run by `npm run peers`.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = dirname(fileURLToPath(import.meta.url));
const LOCK = join(FOLDER, "package-lock.json");
const FETCHED = join(FOLDER, "node_modules/fetched-lock.json");

if (!existsSync(FETCHED) || readFileSync(FETCHED, "utf8") !== readFileSync(LOCK, "utf8")) {
  const args = ["ci", "--prefix", FOLDER, "--ignore-scripts", "--no-audit", "--no-fund"];
  const { status, stderr, error } = spawnSync("npm", args, { encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
  if (status !== 0) {
    process.stderr.write(`npm ${args.join(" ")} failed: ${error?.message ?? stderr}\n`);
    process.exit(1);
  }
  writeFileSync(FETCHED, readFileSync(LOCK));
}
