import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { peer } from "@leeward/nbd/testing";
import type { ReplicaCheck } from "@leeward/proto";
import { GREETING, ReplicaRig } from "../testing/node-replica-rig.ts";

const PORT = 5_432;
/** The guest boots within it on a busy machine, too; what fails takes all of it. */
const LIMIT_SECONDS = 15;
const check = (kind: ReplicaCheck["kind"], text = "", port = 0): ReplicaCheck => ({ kind, text, port });

describe("checks of a replica machine at its master target", { skip: peer("qemu-system-x86_64").skip }, () => {
  test("what shows itself passes, what does not fails at the limit, each with what was seen; and the screen is a picture", async () => {
    await using rig = await ReplicaRig.make();
    const scripts = `${rig.home}/check-scripts`;
    {
      await using target = await rig.start();
      const asked = rig.asked(await target.newestPoint(rig.identity.machineId));
      const nics = asked.nics.map((nic) => ({ ...nic, forwards: [PORT] }));
      await target.begin({ ...asked, nics });
      const replicaId = asked.replicaId;
      await script(`${scripts}/good`, 'echo "$LEEWARD_MACHINE $LEEWARD_FAILOVER $LEEWARD_PORT_5432 $HOME"');
      await script(`${scripts}/foreign`, "exit 0", 0o777);
      const results = await target.check({
        replicaId,
        limitSeconds: LIMIT_SECONDS,
        checks: [
          check("console", GREETING),
          // Taken as it stands, not as a pattern.
          check("console", "leeward.failover"),
          check("agent"),
          check("tcp", "", PORT),
          check("tcp", "", PORT + 1),
          check("http", "/", PORT),
          check("script", "good"),
          check("script", "foreign"),
          check("script", "../../etc/passwd"),
          // Its login prompt, which this guest has not.
          check("console"),
        ],
      });
      assert.deepEqual(
        results.map(({ ok }) => ok),
        [true, false, false, false, false, false, true, false, false, false],
      );
      const said = results.map((each) => each.said);
      assert.match(said[0] ?? "", new RegExp(GREETING));
      assert.match(said[3] ?? "", /127\.0\.0\.1:\d+: /);
      assert.match(said[4] ?? "", /not forwarded/);
      assert.match(said[6] ?? "", new RegExp(`^exit code 0\\nweb ${replicaId} 127\\.0\\.0\\.1:\\d+ ?$`));
      assert.match(said[7] ?? "", /writable by others/);
      assert.match(said[8] ?? "", /its name/);
      assert.ok((results[2]?.seconds ?? 0) >= LIMIT_SECONDS, "it was looked for until the limit");
      const png = Buffer.from(await target.screen(replicaId));
      assert.equal(png.subarray(1, 4).toString("latin1"), "PNG");
      await target.remove(replicaId);
      await assert.rejects(target.screen(replicaId), { code: "replica-unknown" });
      await assert.rejects(target.check({ replicaId, limitSeconds: 1, checks: [] }), { code: "replica-unknown" });
    }
    assert.deepEqual(await rig.left(), []);
  });
});

async function script(path: string, text: string, mode = 0o755): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, mode);
}
