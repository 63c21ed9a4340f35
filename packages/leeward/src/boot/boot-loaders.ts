import { Fault, isFault } from "@leeward/base";
import { isBootTraceArgument } from "@leeward/tracker";
import { replaceFile } from "@leeward/world";
import { type BootLoader, type BootSystem, textOf } from "./boot-system.ts";

const GRUB = { settings: "/etc/default/grub", folder: "/etc/default/grub.d", name: "99-leeward.cfg" } as const;
const GRUB_RESULT = "/boot/grub/grub.cfg";
const UPDATE_GRUB = "/usr/sbin/update-grub";
const GRUBBY = ["/usr/sbin/grubby", "/sbin/grubby"];
const KERNEL_INSTALL = "/usr/bin/kernel-install";
const KERNEL_LINE = "/etc/kernel/cmdline";
const MODULES = "/lib/modules";
const ENTRIES = ["/boot/loader/entries", "/efi/loader/entries", "/boot/efi/loader/entries"];
/** Written by whatever loader started the machine, when it knows the Boot Loader Interface. */
const LOADER_INFO = "/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";

/** The machine's boot loader; undefined when it is none that is known. */
export async function findBootLoader(system: BootSystem): Promise<BootLoader | undefined> {
  const { files } = system;
  const info = await textOf(files, LOADER_INFO).catch((error: unknown) => {
    if (!isFault(error)) throw error;
    return undefined;
  });
  const isSystemdBoot = info?.replaceAll("\0", "").includes("systemd-boot") === true;
  if (isSystemdBoot && (await hasFile(system, KERNEL_LINE)) && (await hasFile(system, KERNEL_INSTALL)))
    return systemdBoot(system);
  if (isSystemdBoot) return undefined;
  if ((await hasFile(system, GRUB.settings)) && (await hasFile(system, UPDATE_GRUB))) return grub(system);
  for (const grubby of GRUBBY) if (await hasFile(system, grubby)) return grubbyLoader(system, grubby);
  return undefined;
}

/** GRUB as Debian and Ubuntu set it up: a file of ours among the settings, and its configuration made anew from them. */
function grub({ files, run }: BootSystem): BootLoader {
  const path = `${GRUB.folder}/${GRUB.name}`;
  const result = async (): Promise<string> => (await textOf(files, GRUB_RESULT)) ?? "";
  return {
    name: "GRUB (update-grub)",
    async add(args) {
      const line = args.join(" ");
      const text = `# Written by \`leeward agent prepare-boot\`; \`--undo\` removes it.\nGRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX ${line}"\n`;
      if ((await textOf(files, path)) === text && saysOnOne(await result(), args)) return [];
      await files.makeFolder(GRUB.folder);
      await replaceFile(files, GRUB.folder, GRUB.name, new TextEncoder().encode(text));
      await run(UPDATE_GRUB, []);
      if (!saysOnOne(await result(), args)) throw notTaken(GRUB_RESULT, args);
      return [path, GRUB_RESULT];
    },
    async remove() {
      if (!(await files.status(path))) return [];
      await files.remove(path);
      await files.syncFolder(GRUB.folder);
      await run(UPDATE_GRUB, []);
      return [path, GRUB_RESULT];
    },
  };
}

/** The boot loader of Fedora and Red Hat, whichever it is there. */
function grubbyLoader({ run }: BootSystem, grubby: string): BootLoader {
  const lines = async (): Promise<readonly string[]> =>
    [...(await run(grubby, ["--info=ALL"])).matchAll(/^args="(.*)"$/gm)].map(([, line = ""]) => line);
  const areIn = (line: string, args: readonly string[]): boolean =>
    args.every((arg) => line.split(/\s+/).includes(arg));
  const removeFrom = async (found: readonly string[]): Promise<readonly string[]> => {
    const ours = new Set(found.flatMap((line) => line.split(/\s+/)).filter(isBootTraceArgument));
    if (ours.size === 0) return [];
    await run(grubby, ["--update-kernel=ALL", `--remove-args=${[...ours].join(" ")}`]);
    return ["grubby --update-kernel=ALL"];
  };
  return {
    name: "grubby",
    async add(args) {
      const before = await lines();
      if (before.every((line) => areIn(line, args))) return [];
      await removeFrom(before);
      await run(grubby, ["--update-kernel=ALL", `--args=${args.join(" ")}`]);
      const now = await lines();
      if (now.length === 0 || !now.every((line) => areIn(line, args))) throw notTaken("grubby --info=ALL", args);
      return ["grubby --update-kernel=ALL"];
    },
    remove: async () => removeFrom(await lines()),
  };
}

/** systemd-boot: the line of all kernels, and the entries made anew from it. */
function systemdBoot(system: BootSystem): BootLoader {
  const { files, run } = system;
  const change = async (edit: (words: readonly string[]) => readonly string[]): Promise<readonly string[]> => {
    const words = ((await textOf(files, KERNEL_LINE)) ?? "").split(/\s+/).filter((word) => word !== "");
    const edited = edit(words);
    if (edited.join(" ") === words.join(" ")) return [];
    await replaceFile(files, "/etc/kernel", "cmdline", new TextEncoder().encode(`${edited.join(" ")}\n`));
    for (const version of await files.list(MODULES)) {
      for (const image of [`${MODULES}/${version}/vmlinuz`, `/boot/vmlinuz-${version}`]) {
        if (!(await hasFile(system, image))) continue;
        await run(KERNEL_INSTALL, ["add", version, image]);
        break;
      }
    }
    return [KERNEL_LINE, "kernel-install add"];
  };
  return {
    name: "systemd-boot (kernel-install)",
    async add(args) {
      const changed = await change((words) => [...words.filter((word) => !isBootTraceArgument(word)), ...args]);
      const entries = await entriesOf(system);
      if (!entries.some((text) => args.every((arg) => text.split(/\s+/).includes(arg))))
        throw notTaken("the entries of the boot loader", args);
      return changed;
    },
    remove: () => change((words) => words.filter((word) => !isBootTraceArgument(word))),
  };
}

async function entriesOf({ files }: BootSystem): Promise<readonly string[]> {
  const found: string[] = [];
  for (const folder of ENTRIES) {
    if ((await files.status(folder)) === undefined) continue;
    for (const name of await files.list(folder)) {
      const text = name.endsWith(".conf") ? await textOf(files, `${folder}/${name}`) : undefined;
      if (text !== undefined && /^linux\s/m.test(text)) found.push(text);
    }
  }
  return found;
}

/** Whether an entry in GRUB's configuration says all of it. Others may be of other systems, or of a memory test. */
function saysOnOne(config: string, args: readonly string[]): boolean {
  const lines = [...config.matchAll(/^\s*linux(?:efi)?\s(.*)$/gm)].map(([, line = ""]) => line.split(/\s+/));
  return lines.some((words) => args.every((arg) => words.includes(arg)));
}

async function hasFile({ files }: BootSystem, path: string): Promise<boolean> {
  return (await files.status(path)) !== undefined;
}

function notTaken(where: string, args: readonly string[]): Fault {
  return new Fault({
    code: "boot-line-not-taken",
    kind: "operator",
    message: `The boot loader was told to start the kernel with "${args.join(" ")}", but ${where} does not say so.`,
    remedy:
      "Find out how this machine's boot loader is set up, and add the arguments there; or take back what was done with `--undo`.",
    detail: { where },
  });
}
