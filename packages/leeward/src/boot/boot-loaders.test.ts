import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault, isFault } from "@leeward/base";
import { type Files, readFile, replaceFile } from "@leeward/world";
import { simulatedWorld } from "@leeward/world/testing";
import type { BootSystem } from "./boot-system.ts";
import { type PreparedBoot, prepareBoot, undoPrepareBoot } from "./prepare-boot.ts";

const ARGS = "trace_event=block:block_rq_complete trace_buf_size=16M";
const TASK = { processors: 4, command: { program: ["/opt/node", "/opt/lee ward/main.ts"], home: "/var/lib/50%" } };
const UNIT = "/etc/systemd/system/leeward-last-look.service";

/** A machine's files, with stand-ins of its programs that do to those what is known of the real ones. */
class TestSystem implements BootSystem {
  readonly files: Files = simulatedWorld({ seed: 1 }).files;
  readonly ran: string[] = [];
  readonly programs: Record<string, (args: readonly string[]) => Promise<string>> = {
    "/usr/bin/systemctl": async () => "",
  };

  readonly run = async (program: string, args: readonly string[]): Promise<string> => {
    this.ran.push([program, ...args].join(" "));
    const known = this.programs[program];
    if (known === undefined) throw new Error(`no ${program}`);
    return known(args);
  };

  async write(path: string, text: string): Promise<void> {
    const at = path.lastIndexOf("/");
    const folder = path.slice(0, at) || "/";
    await this.files.makeFolder(folder);
    await replaceFile(this.files, folder, path.slice(at + 1), new TextEncoder().encode(text));
  }

  async read(path: string): Promise<string> {
    return new TextDecoder().decode(await readFile(this.files, path, 1 << 20));
  }

  /** Every file below the folders that are changed, with its text. */
  async state(): Promise<Readonly<Record<string, string>>> {
    const found: Record<string, string> = {};
    for (const folder of [
      "/etc/default",
      "/etc/default/grub.d",
      "/etc/kernel",
      "/etc/systemd/system",
      "/boot/grub",
      "/boot/loader/entries",
    ]) {
      if ((await this.files.status(folder)) === undefined) continue;
      for (const name of await this.files.list(folder)) {
        const path = `${folder}/${name}`;
        if ((await this.files.status(path))?.kind === "file") found[path] = await this.read(path);
      }
    }
    return found;
  }

  static async withSystemd(cmdline = "root=LABEL=root quiet"): Promise<TestSystem> {
    const system = new TestSystem();
    await system.files.makeFolder("/run/systemd/system");
    await system.files.makeFolder("/etc/systemd/system");
    await system.write("/proc/cmdline", cmdline);
    return system;
  }
}

/** Makes its configuration from settings and the files beside them, two entries long. */
async function debian(cmdline?: string): Promise<TestSystem> {
  const system = await TestSystem.withSystemd(cmdline);
  await system.write("/etc/default/grub", 'GRUB_CMDLINE_LINUX="ro"\n');
  await system.files.makeFolder("/etc/default/grub.d");
  await system.write("/usr/sbin/update-grub", "");
  system.programs["/usr/sbin/update-grub"] = async () => {
    let line = "ro";
    for (const name of await system.files.list("/etc/default/grub.d")) {
      const text = await system.read(`/etc/default/grub.d/${name}`);
      line = (/^GRUB_CMDLINE_LINUX="(.*)"$/m.exec(text)?.[1] ?? line).replace("$GRUB_CMDLINE_LINUX", line);
    }
    await system.write(
      "/boot/grub/grub.cfg",
      `menuentry a {\n\tlinux /vmlinuz root=x ${line} quiet\n}\nmenuentry b {\n\tlinux /old root=x ${line} single\n}\n`,
    );
    return "";
  };
  await system.run("/usr/sbin/update-grub", []);
  return system;
}

async function fedora(): Promise<TestSystem> {
  const system = await TestSystem.withSystemd();
  await system.write("/usr/sbin/grubby", "");
  let kernels = ["ro quiet", "ro rescue"];
  system.programs["/usr/sbin/grubby"] = async ([all, change = ""]) => {
    if (all === "--info=ALL") return kernels.map((args, index) => `index=${index}\nargs="${args}"\n`).join("");
    const words = change.slice(change.indexOf("=") + 1).split(" ");
    kernels = kernels.map((args) => {
      const rest = args.split(" ").filter((word) => !words.includes(word));
      return (change.startsWith("--args=") ? [...rest, ...words] : rest).join(" ");
    });
    await system.write("/boot/grub/kernels", kernels.join("\n"));
    return "";
  };
  await system.write("/boot/grub/kernels", kernels.join("\n"));
  return system;
}

async function systemdBoot(): Promise<TestSystem> {
  const system = await TestSystem.withSystemd();
  await system.write(
    "/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f",
    Array.from("systemd-boot 257").join("\0"),
  );
  await system.write("/etc/kernel/cmdline", "root=x ro\n");
  await system.write("/usr/bin/kernel-install", "");
  await system.write("/lib/modules/6.12.0/vmlinuz", "");
  await system.files.makeFolder("/lib/modules/6.1.0");
  await system.write("/boot/vmlinuz-6.1.0", "");
  system.programs["/usr/bin/kernel-install"] = async ([, version = ""]) => {
    const line = (await system.read("/etc/kernel/cmdline")).trim();
    await system.write(
      `/boot/loader/entries/id-${version}.conf`,
      `title x\nlinux /${version}/linux\noptions ${line}\n`,
    );
    return "";
  };
  for (const version of ["6.12.0", "6.1.0"]) await system.run("/usr/bin/kernel-install", ["add", version]);
  return system;
}

const isCode =
  (code: string) =>
  (error: unknown): boolean =>
    isFault(error, code);

describe("a machine that is prepared", () => {
  for (const [name, make] of Object.entries({ debian, fedora, systemdBoot })) {
    test(`says the arguments for each kernel, and once alone: ${name}`, async () => {
      const system = await make();
      const before = await system.state();
      const prepared: PreparedBoot = await prepareBoot(system, TASK);
      assert.equal(prepared.arguments.join(" "), ARGS);
      assert.equal(prepared.memoryBytes, 64 * 1_024 * 1_024);
      assert.ok(prepared.changed.length > 0);
      const after = await system.state();
      assert.equal(Object.values(after).join("\n").split(ARGS).length, name === "fedora" ? 3 : 4);
      assert.deepEqual((await prepareBoot(system, TASK)).changed, []);
      assert.deepEqual(await system.state(), after);
      assert.ok((await undoPrepareBoot(system, TASK)).changed.length > 0);
      assert.deepEqual(await system.state(), before, "exactly its own is gone");
      assert.deepEqual((await undoPrepareBoot(system, TASK)).changed, []);
    });

    test(`keeps one pair of arguments when it has another number of processors: ${name}`, async () => {
      const system = await make();
      const before = await system.state();
      await prepareBoot(system, TASK);
      await prepareBoot(system, { ...TASK, processors: 32 });
      const text = Object.values(await system.state()).join("\n");
      assert.ok(text.includes("trace_buf_size=4M") && !text.includes("trace_buf_size=16M"));
      await undoPrepareBoot(system, TASK);
      assert.deepEqual(await system.state(), before);
    });
  }

  test("is looked at by a service, whose words systemd reads as they were meant", async () => {
    const system = await debian();
    await prepareBoot(system, TASK);
    assert.match(
      await system.read(UNIT),
      /^ExecStart="\/opt\/node" "\/opt\/lee ward\/main.ts" "agent" "last-look" "--home" "\/var\/lib\/50%%"$/m,
    );
    assert.ok(system.ran.includes("/usr/bin/systemctl enable --quiet leeward-last-look.service"));
    await undoPrepareBoot(system, TASK);
    assert.ok(system.ran.includes("/usr/bin/systemctl disable --quiet leeward-last-look.service"));
  });
});

describe("a machine that cannot be prepared", () => {
  test("is left as it is", async () => {
    const plain = new TestSystem();
    await assert.rejects(prepareBoot(plain, TASK), isCode("init-system-unsupported"));
    const unknown = await TestSystem.withSystemd();
    await assert.rejects(prepareBoot(unknown, TASK), isCode("boot-loader-unsupported"));
    // Started by systemd-boot, whatever else is installed: what GRUB would be told is read by nobody.
    const other = await debian();
    await other.write("/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f", "systemd-boot 257");
    await assert.rejects(prepareBoot(other, TASK), isCode("boot-loader-unsupported"));
    const taken = await debian("quiet trace_event=sched:sched_switch");
    const before = await taken.state();
    await assert.rejects(prepareBoot(taken, TASK), isCode("boot-trace-taken"));
    assert.deepEqual(await taken.state(), before);
  });

  test("says so when its boot loader does not do as it was told, or fails", async () => {
    const system = await debian();
    const before = await system.state();
    system.programs["/usr/sbin/update-grub"] = async () => "";
    await assert.rejects(prepareBoot(system, TASK), isCode("boot-line-not-taken"));
    await undoPrepareBoot(system, TASK);
    assert.deepEqual(await system.state(), before);
    system.programs["/usr/sbin/update-grub"] = async () => {
      throw new Fault({ code: "boot-program-failed", kind: "operator", message: "It failed.", remedy: "Mend it." });
    };
    await assert.rejects(prepareBoot(system, TASK), isCode("boot-program-failed"));
  });
});
