import { existsSync } from "node:fs";
import { rootSkip } from "../harness/programs.ts";
import { UEFI_CODE } from "./qemu-arguments.ts";

const PROGRAMS = [
  ...["qemu-system-x86_64", "socat", "ssh", "scp", "setpriv"],
  ...["mmdebstrap", "ssh-keygen", "sfdisk", "mkfs.ext4", "mkfs.vfat", "mmd", "mcopy", "grub-mkimage", "zstd"],
];

/** Why no guest can be made and started here, or false: for the `skip` option of a test. */
export function guestSkip(): string | false {
  const reason = rootSkip(PROGRAMS, "make the file tree of a guest");
  if (reason !== false || existsSync(UEFI_CODE) || process.env["LEEWARD_REQUIRE_PEERS"] === "1") return reason;
  return `${UEFI_CODE} is not installed`;
}
