// Installs the programs that tests and benchmarks compare Leeward with (scripts/peers.txt), in one transaction of apt, and fetches what runs in Wine, and object stores.
import { existsSync } from "node:fs";
import { runCommand } from "./command.ts";
import { textOf } from "./repository.ts";

const LOCK_WAIT_SECONDS = 300;

async function main(): Promise<number> {
  const peers = textOf("scripts/peers.txt")
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "");
  if (!existsSync("/etc/debian_version") || !existsSync("/usr/bin/apt-get")) {
    return refuse(`this is no Debian; install by your system's own means what serves for: ${peers.join(" ")}`);
  }
  for (const folder of ["windows", "stores"]) {
    const fetched = await runCommand(process.execPath, [`tools/${folder}/fetch.mjs`]);
    if (!fetched.ok) return refuse(fetched.said);
  }
  const missing = await notInstalled(peers);
  if (missing.length === 0) {
    console.log(`all ${peers.length} peers are installed`);
    return 0;
  }
  if (process.getuid?.() !== 0) {
    return refuse(
      `only root can install packages; run: sudo apt-get install --no-install-recommends ${missing.join(" ")}`,
    );
  }
  const apt = (...args: string[]) =>
    runCommand("apt-get", ["-q", "-o", `DPkg::Lock::Timeout=${LOCK_WAIT_SECONDS}`, ...args], {
      environment: { DEBIAN_FRONTEND: "noninteractive" },
    });
  console.log(`installing ${missing.join(" ")} …`);
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", ...peers]]) {
    const outcome = await apt(...args);
    if (!outcome.ok) return refuse(`apt-get ${args[0]} failed:\n${outcome.said}`);
  }
  const still = await notInstalled(peers);
  return still.length === 0 ? 0 : refuse(`not installed although apt-get said so: ${still.join(" ")}`);
}

async function notInstalled(packages: readonly string[]): Promise<string[]> {
  const { said } = await runCommand("dpkg-query", ["-W", "-f=${db:Status-Status} ${Package}\n", ...packages]);
  const installed = new Set(
    said.split("\n").flatMap((line) => (line.startsWith("installed ") ? [line.slice("installed ".length).trim()] : [])),
  );
  return packages.filter((name) => !installed.has(name));
}

function refuse(reason: string): number {
  console.error(`leeward: peers: ${reason}`);
  return 1;
}

process.exitCode = await main();
