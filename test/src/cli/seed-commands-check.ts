import { rm, truncate, writeFile } from "node:fs/promises";
import type { Chain } from "../harness/chain.ts";
import type { CommandCheck } from "./command-check.ts";

const DISK_BYTES = 3 << 20;

/** The commands about first copies that are carried, on a disk of their own, which is gone afterwards. */
export async function checkSeedCommands(check: CommandCheck, chain: Chain): Promise<void> {
  const home = ["--home", chain.serverHome];
  const agent = ["--home", chain.agentHome];
  const path = `${chain.sourceFolder}/seeded.img`;
  const folder = `${chain.folder}/medium`;
  await writeFile(path, Buffer.alloc(1 << 20, 7));
  await truncate(path, DISK_BYTES);
  const disk = ["web", "--path", path, "--name", "seeded", "--seed", "--timeout", "60"];
  await check.refuses("seed save", ["--disk", "seeded", "--to", folder, ...agent], {
    exit: 4,
    code: "seed-not-awaited",
  });
  await check.prints("disk protect", [...disk, ...home]);
  await check.refuses("seed load", ["web", "seeded", "--from", folder, "--timeout", "60", ...home], {
    exit: 1,
    code: "job-failed",
  });
  await check.prints("seed save", ["--disk", "seeded", "--to", folder, ...agent]);
  await check.prints("seed load", ["web", "seeded", "--from", folder, "--timeout", "60", ...home]);
  await check.refuses("seed cancel", ["web", "seeded", ...home], { exit: 4, code: "seed-not-awaited" });
  await check.prints("disk unprotect", ["web", "seeded", "--delete-points", ...home]);

  await check.prints("disk protect", [...disk, ...home]);
  await check.refuses("seed load", ["web", "seeded", "--from", folder, "--timeout", "60", ...home], {
    exit: 1,
    code: "job-failed",
  });
  await check.prints("seed cancel", ["web", "seeded", ...home]);
  await check.prints("disk unprotect", ["web", "seeded", "--delete-points", ...home]);
  await rm(folder, { recursive: true });
}
