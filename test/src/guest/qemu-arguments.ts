import { existsSync, readFileSync } from "node:fs";

/** What a guest has as a disk: a raw file or block device, or an export of an NBD server on a Unix socket. */
export type GuestDisk = GuestDiskSource & {
  /** Default: virtio. */
  readonly bus?: "virtio" | "nvme";
};

type GuestDiskSource = { readonly file: string } | { readonly nbdSocket: string; readonly exportName?: string };

/** How a guest's firmware starts what is on its first disk. */
export type Firmware = "bios" | "uefi";

export interface QemuOptions {
  /** For sockets, the serial console's text and UEFI's variables. */
  readonly folder: string;
  /** The first is booted from. */
  readonly disks: readonly GuestDisk[];
  readonly memoryMib: number;
  readonly firmware: Firmware;
  /** Ports of the guest that are reached from this machine, each at a free port of its own. */
  readonly forwards: readonly number[];
  /** Ports of this machine's loopback that the guest reaches. */
  readonly reachHost: readonly number[];
}

/** Under which address a guest finds the ports of this machine that it may reach. */
export const HOST_ADDRESS = "10.0.2.100";
export const UEFI_CODE = "/usr/share/OVMF/OVMF_CODE_4M.fd";
export const UEFI_VARIABLES = "/usr/share/OVMF/OVMF_VARS_4M.fd";

/** Everything that QEMU is started with. The guest reaches nothing but what is named: its network is restricted. */
export function qemuArguments(options: QemuOptions): string[] {
  const { folder, disks, memoryMib, firmware } = options;
  const machine = firmware === "uefi" ? "q35,smm=off" : "q35";
  return [
    ...["-machine", machine, ...acceleration(), "-m", String(memoryMib), "-smp", "2"],
    ...["-display", "none", "-nodefaults", "-device", "virtio-rng-pci"],
    ...["-serial", `file:${folder}/serial`, "-qmp", `unix:${folder}/qmp,server=on,wait=off`],
    ...["-netdev", network(options), "-device", "virtio-net-pci,netdev=net"],
    ...(firmware === "uefi" ? uefi(folder) : []),
    ...disks.flatMap(disk),
  ];
}

/**
 * Whether a guest's processors are emulated: this machine has no virtualization of its own, or emulates it itself; a kernel that does
 * opens /dev/kvm, and then runs no guest.
 */
export function isEmulated(): boolean {
  const able = /\b(vmx|svm)\b/.test(readFileSync("/proc/cpuinfo", "utf8"));
  return !(able && existsSync("/dev/kvm") && !existsSync("/sys/module/kvm_pvm"));
}

/** An emulated processor has no protection keys: with QEMU's, one of ten programs that V8 compiles for ends by a signal. */
function acceleration(): string[] {
  return isEmulated() ? ["-accel", "tcg,thread=multi", "-cpu", "max,-pku"] : ["-accel", "kvm", "-cpu", "host"];
}

function network({ forwards, reachHost }: QemuOptions): string {
  // Port 0 takes a free one, which QEMU then tells: nobody else can take it in between.
  const inwards = forwards.map((port) => `hostfwd=tcp:127.0.0.1:0-:${port}`);
  // A program for each connection: QEMU by itself would make a single one, at its start.
  const outwards = reachHost.map((port) => `guestfwd=tcp:${HOST_ADDRESS}:${port}-cmd:socat - TCP:127.0.0.1:${port}`);
  return ["user,id=net,restrict=on", ...inwards, ...outwards].join(",");
}

function uefi(folder: string): string[] {
  return [
    ...["-drive", `if=pflash,unit=0,format=raw,readonly=on,file=${UEFI_CODE}`],
    ...["-drive", `if=pflash,unit=1,format=raw,file=${folder}/uefi-variables`],
  ];
}

/** In the guest the disks are /dev/disk/by-id/virtio-disk0, virtio-disk1, nvme-QEMU_NVMe_Ctrl_disk2, … */
function disk(each: GuestDisk, index: number): string[] {
  const model = each.bus === "nvme" ? "nvme" : "virtio-blk-pci";
  const device = `${model},drive=disk${index},serial=disk${index},bootindex=${index}`;
  return ["-blockdev", JSON.stringify({ ...blockNode(each), "node-name": `disk${index}` }), "-device", device];
}

function blockNode(each: GuestDiskSource): object {
  if ("nbdSocket" in each) {
    const server = { type: "unix", path: each.nbdSocket };
    return { driver: "nbd", server, export: each.exportName ?? "", discard: "unmap" };
  }
  const isDevice = each.file.startsWith("/dev/");
  // What the guest flushed need only outlive the guest, not this machine: a file's flushes go no further than the page cache.
  const file = { driver: isDevice ? "host_device" : "file", filename: each.file, discard: "unmap" };
  return { driver: "raw", file, discard: "unmap", cache: { "no-flush": true } };
}
