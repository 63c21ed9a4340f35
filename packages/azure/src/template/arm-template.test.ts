import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { GiB, MiB, TiB } from "@leeward/base";
import { checkTemplate } from "../testing/template-check.ts";
import { armParameters, armTemplate } from "./arm-template.ts";
import type { AzureMachine } from "./azure-machine.ts";
import { networkOf, proposedSize, resourceName } from "./azure-machine.ts";
import { deployScript } from "./deploy-script.ts";

const run = promisify(execFile);
const MACHINE: AzureMachine = {
  name: "web",
  point: "c".repeat(32),
  disks: [
    { name: "root", sizeBytes: 30 * GiB, blobUrl: "https://account.blob.core.windows.net/disks/web/root.vhd" },
    { name: "data", sizeBytes: 2 * TiB, blobUrl: "https://account.blob.core.windows.net/disks/web/data.vhd" },
  ],
  cpus: 3,
  memoryMib: 12_000,
  firmware: "uefi",
  address: "192.168.7.20/24",
};

/** What whoever deploys says. */
const GIVEN = ["storageAccountId", "generation"];

const MACHINES: Readonly<Record<string, AzureMachine>> = {
  "two disks, UEFI, a known address": MACHINE,
  "one disk, nothing known": {
    ...MACHINE,
    disks: MACHINE.disks.slice(0, 1),
    firmware: undefined,
    cpus: undefined,
    memoryMib: undefined,
    address: undefined,
  },
  "a name that Azure takes nowhere, and an address that is none of Azure's": {
    ...MACHINE,
    name: 'wéb\'s \n$(x) `y` "z"',
    address: "192.168.7.1/24",
  },
};

for (const [what, machine] of Object.entries(MACHINES)) {
  test(`${what}: all that the template names is there, and it is made before it is used`, () => {
    const template: unknown = JSON.parse(JSON.stringify(armTemplate(machine)));
    const parameters: unknown = JSON.parse(JSON.stringify(armParameters(machine)));
    assert.deepEqual(checkTemplate(template, parameters, GIVEN), []);
  });

  test(`${what}: the script is one that bash takes`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "leeward-azure-"));
    try {
      const path = join(folder, "deploy.sh");
      await writeFile(path, deployScript(machine));
      await run("bash", ["-n", path]);
      const shellcheck = pathOf("shellcheck");
      if (shellcheck !== undefined) await run(shellcheck, [path]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}

test("what the template is made of stands in it", () => {
  const text = JSON.stringify(armTemplate(MACHINE));
  const { parameters, resources } = armTemplate(MACHINE);
  assert.equal(parameters["size"]?.defaultValue, "Standard_D4s_v5");
  assert.equal(parameters["networkPrefix"]?.defaultValue, "192.168.7.0/24");
  assert.equal(parameters["privateAddress"]?.defaultValue, "192.168.7.20");
  assert.equal(resources.filter(({ type }) => type === "Microsoft.Compute/disks").length, 2);
  assert.equal(parameters["generation"]?.defaultValue, "V2");
  assert.equal(armTemplate({ ...MACHINE, firmware: "bios" }).parameters["generation"]?.defaultValue, "V1");
  assert.equal(text.match(/"hyperVGeneration"/g)?.length, 1);
  assert.match(text, /"osDisk":\{"osType":"Linux","caching":"ReadWrite","createOption":"Attach"/);
  assert.match(text, /"bootDiagnostics":\{"enabled":true\}/);
});

test("sizes, names and networks", () => {
  assert.equal(proposedSize({ cpus: undefined, memoryMib: undefined }), "Standard_D2s_v5");
  assert.equal(proposedSize({ cpus: 2, memoryMib: 60_000 }), "Standard_D16s_v5");
  assert.equal(proposedSize({ cpus: 255, memoryMib: undefined }), "Standard_D96s_v5");
  assert.equal(resourceName("--web.example org--"), "web-example-org");
  assert.equal(resourceName("…"), "machine");
  assert.deepEqual(networkOf("10.1.2.3/8"), { host: "10.1.2.3", prefix: "10.0.0.0/8" });
  for (const none of ["10.0.0.3/24", "10.0.0.255/24", "10.0.0.9/30", "10.0.0.256/24", "fd00::5/64", "10.0.0.9"]) {
    assert.equal(networkOf(none), undefined, none);
  }
});

test("what Azure does not take is refused", () => {
  const refused = { code: "machine-unsuitable-for-azure", kind: "operator" };
  const [first, second] = MACHINE.disks;
  assert.ok(first !== undefined && second !== undefined);
  assert.throws(() => armTemplate({ ...MACHINE, disks: [] }), refused);
  assert.throws(() => armTemplate({ ...MACHINE, disks: [{ ...first, sizeBytes: 4_096 * GiB }] }), refused);
  assert.throws(() => armTemplate({ ...MACHINE, disks: Array.from({ length: 66 }, () => first) }), refused);
  assert.throws(() => armTemplate({ ...MACHINE, disks: [first, { ...second, sizeBytes: 8 * TiB }] }), {
    code: "disk-too-large-for-azure",
  });
  assert.equal(armTemplate({ ...MACHINE, disks: [{ ...first, sizeBytes: 4_095 * GiB }] }).resources.length, 5);
  assert.equal(armTemplate({ ...MACHINE, disks: [{ ...first, sizeBytes: 5 * MiB }] }).resources.length, 5);
});

test("the script deploys what is whole and of the point, and nothing else", async () => {
  const folder = await mkdtemp(join(tmpdir(), "leeward-azure-"));
  try {
    const [script, calls] = [join(folder, "deploy.sh"), join(folder, "calls")];
    await writeFile(script, deployScript(MACHINE));
    const az = `#!/bin/sh
printf '%s\\n' "$*" >> '${calls}'
case "$*" in
  *leeward_state*) echo "$STATE" ;;
  *leeward_point*) echo "$POINT" ;;
  *privateAddress*) echo 192.168.7.20 ;;
esac
`;
    await writeFile(join(folder, "az"), az, { mode: 0o755 });
    const deploy = (given: Record<string, string>, ...args: readonly string[]) =>
      run("bash", [script, "group", "westeurope", "/id", ...args], {
        env: { PATH: `${folder}${delimiter}${process.env["PATH"]}`, ...given },
      });
    const done = await deploy({ STATE: "whole", POINT: MACHINE.point }, "size=Standard_E4s_v5");
    assert.equal(done.stdout, "192.168.7.20\n");
    const made = await readFile(calls, "utf8");
    assert.match(made, /group create --name group --location westeurope/);
    assert.match(made, /deployment group create .*--parameters storageAccountId=\/id size=Standard_E4s_v5/);
    await rm(calls);
    await assert.rejects(deploy({ STATE: "writing", POINT: MACHINE.point }), /publish point/);
    await assert.rejects(deploy({ STATE: "whole", POINT: "another" }), /publish point/);
    assert.doesNotMatch(await readFile(calls, "utf8"), /create/, "nothing was made");
    await assert.rejects(run("bash", [script]), { code: 2 });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("nothing that a machine or a disk is called is run by the script", async () => {
  const folder = await mkdtemp(join(tmpdir(), "leeward-azure-"));
  try {
    const [script, trap] = [join(folder, "deploy.sh"), join(folder, "trap")];
    const machine: AzureMachine = {
      ...MACHINE,
      name: `web\ntouch '${trap}' #`,
      disks: [{ name: "a", sizeBytes: MiB, blobUrl: `https://x/'; touch '${trap}'; '$(touch ${trap}).vhd` }],
    };
    await writeFile(script, deployScript(machine));
    await writeFile(join(folder, "az"), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
    const env = { PATH: `${folder}${delimiter}${process.env["PATH"]}` };
    await assert.rejects(run("bash", [script, "group", "westeurope", "/id"], { env }), /publish point/);
    assert.equal(existsSync(trap), false);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("the check finds what is wrong with a template", () => {
  const good = JSON.stringify(armTemplate(MACHINE));
  const parameters: unknown = JSON.parse(JSON.stringify(armParameters(MACHINE)));
  const wrong: readonly (readonly [string, string])[] = [
    ["parameters('size')", "parameters('sise')"],
    ["variables('address')", "variables('adress')"],
    ["'-disk-1')", "'-disk-7')"],
    ['"type":"Microsoft.Network/networkInterfaces"', '"type":"Microsoft.Network/networkInterface"'],
    ["[parameters('diskType')]", "[parameters('diskType')"],
    ['"createOption":"Import"', '"createOption":"Copy"'],
  ];
  for (const [from, to] of wrong) {
    assert.ok(good.includes(from), from);
    const template: unknown = JSON.parse(good.replace(from, to));
    assert.notDeepEqual(checkTemplate(template, parameters, ["storageAccountId"]), [], to);
  }
  const unordered: unknown = JSON.parse(good.replaceAll(/"dependsOn":\[[^\]]*?\)\]"(,"[^"]*")*\],/g, ""));
  assert.notDeepEqual(checkTemplate(unordered, parameters, ["storageAccountId"]), [], "no order");
  assert.notDeepEqual(checkTemplate(JSON.parse(good), parameters, []), [], "a parameter without a value");
});

function pathOf(program: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}
