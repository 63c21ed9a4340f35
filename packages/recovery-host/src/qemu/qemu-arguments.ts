// What QEMU is started with. Whatever comes from outside (paths, names of exports) goes in as JSON, or not at all: QEMU's older syntax takes a comma in
// a path for the next option. Sockets are named without their folder, which is QEMU's working folder.
import { CONSOLE_RING_BYTES } from "../limits.ts";
import { machineName, machineUuid, macOf } from "../machine-identity.ts";
import type { ReplicaDisk, ReplicaNic, ReplicaSpec } from "../replica-spec.ts";

/** What this host has to run machines with. */
export interface QemuFacts {
  readonly program: string;
  /** Whether the processor itself runs guests; else it is emulated. */
  readonly isAccelerated: boolean;
  /** UEFI firmware, and the variables that a new machine begins with. */
  readonly uefi: { readonly code: string; readonly variables: string } | undefined;
  /** Processors of this host. */
  readonly processors: number;
}

export const QMP_SOCKET = "qmp";
export const AGENT_SOCKET = "agent";
export const UEFI_VARIABLES = "uefi-variables";
export const CONSOLE_DEVICE = "console";
export const PID_FILE = "qemu.pid";

const SATA_PORTS = 6;
const SERIAL_LETTERS_MAX = 20;
/** For so long a guest waits for its disk when the NBD server is away, before it sees an error, seconds. */
const RECONNECT_SECONDS = 7 * 86_400;

const NIC_DEVICES = {
  virtio: "virtio-net-pci",
  e1000: "e1000",
  e1000e: "e1000e",
  rtl8139: "rtl8139",
  vmxnet3: "vmxnet3",
} as const;

export interface GuestOptions {
  readonly facts: QemuFacts;
  /** Where the machine's own files are. */
  readonly folder: string;
  /** Processors that the guest gets, where that is not as many as it asks for. */
  readonly cpus?: number;
}

/** The machine itself: what its guest finds. */
export function guestArguments(spec: ReplicaSpec, { facts, folder, cpus }: GuestOptions): string[] {
  return [
    ...["-machine", machineOf(spec), ...accelerationOf(facts, (cpus ?? spec.cpus) > 1)],
    ...["-m", String(spec.memoryMib), "-smp", String(cpus ?? spec.cpus), "-uuid", machineUuid(spec.id)],
    ...["-display", "none", "-nodefaults", "-no-user-config", "-device", json({ driver: "VGA" })],
    ...["-device", json({ driver: "virtio-rng-pci" })],
    ...(spec.firmware === "uefi" ? uefiArguments(facts, folder) : []),
    ...spec.disks.flatMap((disk, index) => diskArguments(spec.disks, disk, index)),
    ...spec.nics.flatMap((nic, index) => nicArguments(spec, nic, index)),
  ];
}

/** How Leeward holds it: stopped before its first instruction, kept when the guest switches itself off, and with no rights that it does not need. */
export function holdArguments({ id, folder }: { readonly id: string; readonly folder: string }): string[] {
  return [
    ...["-S", "-no-shutdown", "-name", machineName(id), "-pidfile", `${folder}/${PID_FILE}`],
    ...["-chardev", `socket,id=qmp,path=${QMP_SOCKET},server=on,wait=off`, "-mon", "chardev=qmp,mode=control"],
    ...["-chardev", `ringbuf,id=${CONSOLE_DEVICE},size=${CONSOLE_RING_BYTES}`, "-serial", `chardev:${CONSOLE_DEVICE}`],
    ...["-chardev", `socket,id=agent,path=${AGENT_SOCKET},server=on,wait=off`],
    ...["-device", json({ driver: "virtio-serial-pci" })],
    ...["-device", json({ driver: "virtserialport", chardev: "agent", name: "org.qemu.guest_agent.0" })],
    ...["-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"],
  ];
}

/** For `-netdev`, and for the hypervisors that hand it on. A card on a bridge gets its tap from whoever starts the machine. */
export function netdevOf({ network, forwards = [] }: ReplicaNic, index: number): Record<string, unknown> {
  const id = `net${index}`;
  if (typeof network === "object") return { type: "tap", id, ifname: "", script: "no", downscript: "no" };
  // Port 0 takes a free one, which QEMU then tells: nobody else can take it in between.
  const hostfwd = forwards.map((port) => ({ str: `tcp:127.0.0.1:0-:${port}` }));
  return { type: "user", id, restrict: network === "isolated", ...(hostfwd.length === 0 ? {} : { hostfwd }) };
}

/** The card as the guest finds it. */
export function nicDeviceOf(spec: ReplicaSpec, nic: ReplicaNic, index: number): Record<string, unknown> {
  return { driver: NIC_DEVICES[nic.model], netdev: `net${index}`, mac: macOf(spec.id, nic, index) };
}

/** The interface of this host at whose other end the guest's card is. It goes with QEMU. */
export function tapName(id: string, index: number): string {
  return `lw${id.slice(0, 10)}n${index}`;
}

/** What the guest finds the disk by: its name as far as a serial number can have it, or its place where two would be the same. */
export function serialOf(disks: readonly ReplicaDisk[], index: number): string {
  const cleaned = disks.map(({ name }) => name.replace(/[^A-Za-z0-9._-]/g, "").slice(0, SERIAL_LETTERS_MAX));
  const serial = cleaned[index] ?? "";
  return serial === "" || cleaned.indexOf(serial) !== cleaned.lastIndexOf(serial) ? `disk${index}` : serial;
}

/** Only the older of QEMU's two machines has plain IDE. System management mode is emulated too slowly, and nothing needs it. */
function machineOf({ disks, firmware }: ReplicaSpec): string {
  const type = disks.some(({ bus }) => bus === "ide") ? "pc" : "q35";
  return firmware === "uefi" ? `${type},smm=off,pflash0=uefi-code,pflash1=uefi-variables` : type;
}

/** Programs of the guest crash with protection keys where the processor is emulated. */
function accelerationOf({ isAccelerated }: QemuFacts, hasSeveral: boolean): string[] {
  if (isAccelerated) return ["-accel", "kvm", "-cpu", "host"];
  return ["-accel", `tcg,thread=${hasSeveral ? "multi" : "single"}`, "-cpu", "max,-pku"];
}

function uefiArguments({ uefi }: QemuFacts, folder: string): string[] {
  const flash = (node: string, filename: string, readOnly: boolean): string[] => [
    "-blockdev",
    json({ driver: "raw", "node-name": node, "read-only": readOnly, file: { driver: "file", filename } }),
  ];
  return [
    ...flash("uefi-code", uefi?.code ?? "OVMF_CODE.fd", true),
    ...flash("uefi-variables", `${folder}/${UEFI_VARIABLES}`, false),
  ];
}

function diskArguments(disks: readonly ReplicaDisk[], disk: ReplicaDisk, index: number): string[] {
  const node = {
    driver: "nbd",
    "node-name": `disk${index}`,
    server: { type: "unix", path: disk.nbdSocket },
    export: disk.exportName,
    "read-only": disk.readOnly,
    discard: "unmap",
    "reconnect-delay": RECONNECT_SECONDS,
  };
  const place = disks.slice(0, index).filter(({ bus }) => bus === disk.bus).length;
  const { controller, device } = deviceOf(disk, place);
  // A disk that refuses (its overlay has no room) stops the machine, which sees no error: it goes on when that was put right.
  const onError = disk.bus === "nvme" ? {} : { werror: "stop", rerror: "stop" };
  const full = { ...device, drive: `disk${index}`, serial: serialOf(disks, index), bootindex: index, ...onError };
  return [
    ...(controller === undefined ? [] : ["-device", json(controller)]),
    ...["-blockdev", json(node), "-device", json(full)],
  ];
}

/** The device, and the controller that has to come before it; `place` counts the disks before it on the same bus. */
function deviceOf({ bus }: ReplicaDisk, place: number): { readonly controller?: object; readonly device: object } {
  switch (bus) {
    case "virtio":
      return { device: { driver: "virtio-blk-pci" } };
    case "nvme":
      return { device: { driver: "nvme" } };
    case "scsi": {
      const device = { driver: "scsi-hd", bus: "scsi.0", "scsi-id": place };
      return place === 0 ? { controller: { driver: "virtio-scsi-pci", id: "scsi" }, device } : { device };
    }
    case "sata": {
      const id = `sata${Math.floor(place / SATA_PORTS)}`;
      const device = { driver: "ide-hd", bus: `${id}.${place % SATA_PORTS}` };
      return place % SATA_PORTS === 0 ? { controller: { driver: "ahci", id }, device } : { device };
    }
    case "ide":
      return { device: { driver: "ide-hd", bus: `ide.${Math.floor(place / 2)}`, unit: place % 2 } };
  }
}

function nicArguments(spec: ReplicaSpec, nic: ReplicaNic, index: number): string[] {
  const netdev = netdevOf(nic, index);
  const full = netdev["type"] === "tap" ? { ...netdev, ifname: tapName(spec.id, index) } : netdev;
  return ["-netdev", json(full), "-device", json(nicDeviceOf(spec, nic, index))];
}

function json(value: object): string {
  return JSON.stringify(value);
}
