import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { QemuFacts } from "./qemu-arguments.ts";

const PROGRAM = "qemu-system-x86_64";
/** Also where a daemon's PATH does not lead. */
const FOLDERS = ["/usr/bin", "/usr/local/bin", "/usr/libexec"];
/** Code and variables as distributions install them: Debian (two forms), Fedora, Arch, SUSE. */
const UEFI: readonly (readonly [string, string])[] = [
  ["/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"],
  ["/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"],
  ["/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"],
  ["/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"],
  ["/usr/share/qemu/ovmf-x86_64-4m-code.bin", "/usr/share/qemu/ovmf-x86_64-4m-vars.bin"],
];

/** What this host has to run machines with. Its program may be missing: whoever starts it is told then. */
export function qemuFacts(): QemuFacts {
  const folders = [...(process.env["PATH"] ?? "").split(":").filter((folder) => folder.startsWith("/")), ...FOLDERS];
  const program = folders.map((folder) => join(folder, PROGRAM)).find(isExecutable) ?? PROGRAM;
  const uefi = UEFI.find(([code, variables]) => existsSync(code) && existsSync(variables));
  return {
    program,
    isAccelerated: isAccelerated(),
    uefi: uefi === undefined ? undefined : { code: uefi[0], variables: uefi[1] },
    processors: availableParallelism(),
  };
}

/** A kernel that emulates virtualization opens /dev/kvm, and then runs no guest. */
function isAccelerated(): boolean {
  if (!/\b(vmx|svm)\b/.test(readFileSync("/proc/cpuinfo", "utf8")) || existsSync("/sys/module/kvm_pvm")) return false;
  try {
    accessSync("/dev/kvm", constants.R_OK | constants.W_OK);
    return true;
  } catch {
    // Not there, or not for us: emulated.
    return false;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not for us: looked for elsewhere.
    return false;
  }
}
