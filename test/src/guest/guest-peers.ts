import { existsSync } from "node:fs";
import { peer } from "@leeward/nbd/testing";
import { UEFI_CODE } from "./qemu-arguments.ts";

const PROGRAMS = [
  ...["qemu-system-x86_64", "socat", "ssh", "scp", "setpriv"],
  ...["mmdebstrap", "ssh-keygen", "sfdisk", "mkfs.ext4", "mkfs.vfat", "mmd", "mcopy", "grub-mkimage", "zstd"],
];

/** Why no guest can be made and started here, or false: for the `skip` option of a test. */
export function guestSkip(): string | false {
  const missing = PROGRAMS.map((name) => peer(name).skip).find((skip) => skip !== false);
  if (missing !== undefined) return missing;
  if (process.env["LEEWARD_REQUIRE_PEERS"] === "1") return false;
  if (!existsSync(UEFI_CODE)) return `${UEFI_CODE} is not installed`;
  return process.getuid?.() === 0 ? false : "only root can make the file tree of a guest";
}
