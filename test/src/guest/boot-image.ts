// A raw disk image that boots, made from a file tree without loop devices and without mounting anything.
//
//   sector        what
//   0             protective MBR with GRUB's boot.img, which loads sector 2048
//   1             GPT
//   2048          partition 1, 1 MiB: GRUB's core image for BIOS
//   4096          partition 2, 64 MiB: EFI system partition (FAT32) with EFI/BOOT/BOOTX64.EFI
//   135168        partition 3: root (ext4, label `root`), with kernel, initramfs and grub.cfg below /boot
//   last 2048     GPT again
import { mkdir, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "./program.ts";

const SECTOR = 512;
const MIB = 1 << 20;
const SECTORS_PER_MIB = MIB / SECTOR;
const BIOS_AT = 2_048;
const EFI_AT = 4_096;
const EFI_SECTORS = 64 * SECTORS_PER_MIB;
const ROOT_AT = EFI_AT + EFI_SECTORS;
const TAIL_SECTORS = 2_048;

const PARTITION_TYPES = {
  bios: "21686148-6449-6E6F-744E-656564454649",
  efi: "C12A7328-F81F-11D2-BA4B-00A0C93EC93B",
  root: "0FC63DAF-8483-4772-8E79-3D69D8477DE4",
};
const MODULES = "part_gpt ext2 normal linux search search_label serial configfile echo test terminal gzio".split(" ");
const BIOS_BOOT_CODE = "/usr/lib/grub/i386-pc/boot.img";
/** Programs of Debian's sbin folders are not in everybody's PATH. */
const environment = { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };

/** Makes `image` from the tree at `tree`, into which grub.cfg is written; it boots by BIOS and by UEFI. Sparse. */
export async function makeBootImage(tree: string, image: string, sizeMib: number): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "leeward-image-"));
  try {
    await writeGrubConfig(tree);
    const rootSectors = sizeMib * SECTORS_PER_MIB - ROOT_AT - TAIL_SECTORS;
    await makeEmpty(image, sizeMib * MIB);
    await partition(image, rootSectors);
    const place = `offset=${ROOT_AT * SECTOR},root_owner=0:0`;
    const size = `${(rootSectors * SECTOR) / 1_024}k`;
    await runProgram("mkfs.ext4", ["-q", "-F", "-L", "root", "-d", tree, "-E", place, image, size], { environment });
    const early = join(scratch, "early.cfg");
    await writeFile(early, "search --no-floppy --label --set=root root\nset prefix=($root)/boot/grub\n");
    await putBiosBoot(image, join(scratch, "core.img"), early);
    await putEfiPartition(image, scratch, early);
    await runProgram("fallocate", ["--dig-holes", image]);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function writeGrubConfig(tree: string): Promise<void> {
  const kernels = (await readdir(join(tree, "boot"))).flatMap((name) => /^vmlinuz-(.*)$/.exec(name)?.[1] ?? []);
  const kernel = kernels.sort().at(-1);
  if (kernel === undefined) throw new Error(`no kernel in ${tree}/boot`);
  await mkdir(join(tree, "boot/grub"), { recursive: true });
  // The kernel's check of its timer fails where an emulated processor gets too little of a real one.
  const lines = [
    "set timeout=0",
    "serial --unit=0 --speed=115200",
    "terminal_input serial",
    "terminal_output serial",
    "menuentry debian {",
    `  linux /boot/vmlinuz-${kernel} root=LABEL=root ro console=ttyS0 quiet no_timer_check`,
    `  initrd /boot/initrd.img-${kernel}`,
    "}",
  ];
  await writeFile(join(tree, "boot/grub/grub.cfg"), `${lines.join("\n")}\n`);
}

async function makeEmpty(path: string, bytes: number): Promise<void> {
  await writeFile(path, "");
  await truncate(path, bytes);
}

async function partition(image: string, rootSectors: number): Promise<void> {
  const parts = [
    `start=${BIOS_AT}, size=${EFI_AT - BIOS_AT}, type=${PARTITION_TYPES.bios}, name=bios`,
    `start=${EFI_AT}, size=${EFI_SECTORS}, type=${PARTITION_TYPES.efi}, name=esp`,
    `start=${ROOT_AT}, size=${rootSectors}, type=${PARTITION_TYPES.root}, name=root`,
  ];
  await runProgram("sfdisk", ["-q", image], { environment, input: `label: gpt\n${parts.join("\n")}\n` });
}

/** What grub-bios-setup would do, which wants a block device: boot code in the MBR, and in it where the core image lies. */
async function putBiosBoot(image: string, core: string, early: string): Promise<void> {
  await runProgram("grub-mkimage", [...grubArguments("i386-pc", early, core), ...MODULES, "biosdisk"]);
  const coreBytes = await readFile(core);
  const coreSectors = Math.ceil(coreBytes.length / SECTOR);
  if (coreSectors > EFI_AT - BIOS_AT) throw new Error(`GRUB's core image of ${coreBytes.length} bytes is too large`);
  // The first sector of the core image loads the others: where they begin, how many they are, at which segment.
  coreBytes.writeBigUInt64LE(BigInt(BIOS_AT + 1), 0x1f4);
  coreBytes.writeUInt16LE(coreSectors - 1, 0x1fc);
  coreBytes.writeUInt16LE(0x820, 0x1fe);
  const boot = await readFile(BIOS_BOOT_CODE);
  boot.writeBigUInt64LE(BigInt(BIOS_AT), 0x5c);
  // Two no-ops where the boot code would ask for a floppy's drive number.
  boot.set([0x90, 0x90], 0x66);
  await using file = await open(image, "r+");
  // Between them lie the parameters of a file system, behind them the table of partitions: both stay.
  await file.write(boot, 0, 3, 0);
  await file.write(boot, 0x5a, 0x1b8 - 0x5a, 0x5a);
  await file.write(coreBytes, 0, coreBytes.length, BIOS_AT * SECTOR);
}

async function putEfiPartition(image: string, scratch: string, early: string): Promise<void> {
  const loader = join(scratch, "BOOTX64.EFI");
  await runProgram("grub-mkimage", [...grubArguments("x86_64-efi", early, loader), ...MODULES, "fat"]);
  const fat = join(scratch, "esp");
  await makeEmpty(fat, EFI_SECTORS * SECTOR);
  await runProgram("mkfs.vfat", ["-F", "32", "-n", "ESP", fat], { environment });
  await runProgram("mmd", ["-i", fat, "::EFI", "::EFI/BOOT"]);
  await runProgram("mcopy", ["-i", fat, loader, "::EFI/BOOT/BOOTX64.EFI"]);
  const bytes = await readFile(fat);
  await using file = await open(image, "r+");
  await file.write(bytes, 0, bytes.length, EFI_AT * SECTOR);
}

function grubArguments(format: string, early: string, output: string): string[] {
  return ["-O", format, "-p", "/boot/grub", "-c", early, "-o", output];
}
