// The services' files as systemd itself reads them, without a systemd that runs.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { tryProgram } from "../guest/program.ts";

const ANALYZE = "/usr/bin/systemd-analyze";
const FOLDER = fileURLToPath(new URL("../../../release/files/systemd/", import.meta.url));
/** What `systemd-analyze security` may say at most, of 10. */
const EXPOSURE_MAX = { server: 3, agent: 6.5 } as const;
const mayNotSkip = process.env["LEEWARD_REQUIRE_PEERS"] === "1";
const skip = existsSync(ANALYZE) || mayNotSkip ? false : "systemd-analyze is not installed";

describe("the services", { skip }, async () => {
  const units = await readdir(FOLDER);

  test("are those of the five roles", () => {
    const roles = ["agent", "config-server", "management-server", "master-target", "process-server"];
    assert.deepEqual(
      units.toSorted(),
      roles.map((role) => `leeward-${role}.service`),
    );
  });

  for (const unit of units) {
    test(`${unit} is understood as a whole`, async () => {
      const { stderr } = await tryProgram(ANALYZE, ["verify", "--man=no", "--recursive-errors=no", `${FOLDER}${unit}`]);
      // It is not installed here.
      const said = stderr.split("\n").filter((line) => line.includes("leeward") && !/is not executable/.test(line));
      assert.deepEqual(said, []);
    });

    test(`${unit} is held to what it needs`, async () => {
      const { stdout, stderr } = await tryProgram(ANALYZE, [
        "security",
        "--offline=true",
        "--no-pager",
        `${FOLDER}${unit}`,
      ]);
      const exposure = Number(/Overall exposure level for \S+: (\d+\.\d)/.exec(stdout)?.[1]);
      assert.ok(
        exposure < EXPOSURE_MAX[unit === "leeward-agent.service" ? "agent" : "server"],
        `${exposure} ${stderr}`,
      );
    });

    test(`${unit} starts what its package installs, with a home of its role`, async () => {
      const role = unit.replace(/^leeward-|\.service$/g, "");
      const lines = (await readFile(`${FOLDER}${unit}`, "utf8"))
        .split("\n")
        .filter((line) => /^Exec(Start|StartPre)=/.test(line));
      assert.equal(lines.length, 2);
      for (const line of lines) {
        assert.ok(line.includes(`=/usr/lib/leeward/${role}/leeward `), line);
        assert.ok(line.includes(` --home /var/lib/leeward/${role}`), line);
      }
    });
  }
});
