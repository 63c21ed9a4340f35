import { isFault } from "@leeward/base";
import type { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import type { CommandCheck } from "./command-check.ts";

/** The commands about where a disk goes, on a disk of their own, which is gone afterwards. */
export async function checkTargetCommands(check: CommandCheck, chain: Chain): Promise<void> {
  const home = ["--home", chain.serverHome];
  const far = await chain.startTarget("far");
  try {
    const disk = ["--path", `${chain.sourceFolder}/b.img`, "--name", "twice", "--timeout", "60"];
    await check.refuses("disk protect", ["web", ...disk, "--also-to", "nowhere", ...home], { exit: 3 });
    await check.prints("disk protect", ["web", ...disk, "--also-to", "far", ...home]);
    await check.prints("point list", ["web", "--target", "far", ...home]);
    await check.refuses("disk remove-target", ["web", "twice", "nowhere", ...home], {
      exit: 3,
      code: "target-unknown",
    });
    await check.prints("disk remove-target", ["web", "twice", "far", ...home]);
    await check.refuses("disk add-target", ["web", "twice", "--target", "nowhere", ...home], {
      exit: 3,
      code: "server-unknown",
    });
    await check.prints("disk add-target", ["web", "twice", "--target", "far", ...home]);
    await check.prints("disk unprotect", ["web", "twice", "--delete-points", ...home]);
    const client = await chain.client();
    await eventually("nothing of the disk is left there, and it is no server any more", async () => {
      try {
        return await client.call("removeServer", { params: { server: "far" } });
      } catch (error) {
        if (isFault(error, "server-in-use")) return undefined;
        throw error;
      }
    });
  } finally {
    await far.stop();
  }
}
