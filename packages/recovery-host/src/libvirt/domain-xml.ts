// A machine as libvirt's domain (https://libvirt.org/formatdomain.html).
import { machineName, machineUuid, macOf } from "../machine-identity.ts";
import { netdevOf, nicDeviceOf, serialOf } from "../qemu/qemu-arguments.ts";
import { type DiskBus, type ReplicaDisk, type ReplicaNic, type ReplicaSpec, specUnsupported } from "../replica-spec.ts";
import { element, fitsXml, type XmlElement, xmlText, xmlTitle } from "./xml.ts";

const QEMU_NAMESPACE = "http://libvirt.org/schemas/domain/qemu/1.0";
const PERIOD_MICROS = 100_000;
const RECONNECT_SECONDS = 7 * 86_400;
const DEVICE_PREFIX: Readonly<Record<Exclude<DiskBus, "nvme">, string>> = {
  virtio: "vd",
  sata: "sd",
  scsi: "sd",
  ide: "hd",
};

/** How it is run on a host that is known. */
export interface DomainHost {
  readonly isAccelerated: boolean;
  readonly processors: number;
  readonly uefi: { readonly code: string; readonly variables: string } | undefined;
  /** For the console's text and the variables of the firmware. */
  readonly folder: string;
  /** Who runs the machine's process: whoever may use the sockets of its disks. */
  readonly user: number;
  readonly group: number;
}

/** The domain; without a host, for one that decides about firmware, files and users itself. @throws Fault `replica-spec-invalid` for what libvirt has not */
export function domainXml(spec: ReplicaSpec, host?: DomainHost): string {
  const isUser = ({ network }: ReplicaNic): boolean => typeof network === "string";
  const plain = host === undefined ? spec.nics : spec.nics.filter((nic) => !isUser(nic));
  const type = host === undefined || host.isAccelerated ? "kvm" : "qemu";
  const content = [
    element("name", {}, machineName(spec.id)),
    element("uuid", {}, machineUuid(spec.id)),
    element("title", {}, xmlTitle(spec.name)),
    element("memory", { unit: "MiB" }, String(spec.memoryMib)),
    element("vcpu", {}, String(spec.cpus)),
    ...limitsOf(spec, host),
    firmwareOf(spec, host),
    element("features", {}, [element("acpi"), element("apic")]),
    cpuOf(host),
    element("on_poweroff", {}, "destroy"),
    element("on_reboot", {}, "restart"),
    element("on_crash", {}, "destroy"),
    element("devices", {}, [
      ...spec.disks.map((disk, index) => diskOf(spec.disks, disk, index)),
      ...(spec.disks.some(({ bus }) => bus === "scsi")
        ? [element("controller", { type: "scsi", model: "virtio-scsi" })]
        : []),
      ...plain.map((nic) => interfaceOf(spec, nic)),
      ...consoleOf(host),
      element("channel", { type: "unix" }, [element("target", { type: "virtio", name: "org.qemu.guest_agent.0" })]),
      element("video", {}, [element("model", { type: "vga" })]),
      element("memballoon", { model: "none" }),
      element("rng", { model: "virtio" }, [element("backend", { model: "random" }, "/dev/urandom")]),
    ]),
    ...(host === undefined ? [] : [labelOf(host), ...commandLineOf(spec, isUser)]),
  ];
  return xmlText(element("domain", { type, ...(host === undefined ? {} : { "xmlns:qemu": QEMU_NAMESPACE }) }, content));
}

function limitsOf({ limits = {} }: ReplicaSpec, host: DomainHost | undefined): XmlElement[] {
  const { cpuShare, memoryMibMax } = limits;
  if (host === undefined) return [];
  const quota = Math.ceil((cpuShare ?? 1) * host.processors * PERIOD_MICROS);
  const tune = [element("global_period", {}, String(PERIOD_MICROS)), element("global_quota", {}, String(quota))];
  return [
    ...(memoryMibMax === undefined
      ? []
      : [element("memtune", {}, [element("hard_limit", { unit: "MiB" }, String(memoryMibMax))])]),
    ...(cpuShare === undefined ? [] : [element("cputune", {}, tune)]),
  ];
}

function firmwareOf({ firmware, disks }: ReplicaSpec, host: DomainHost | undefined): XmlElement {
  const machine = disks.some(({ bus }) => bus === "ide") ? "pc" : "q35";
  const type = element("type", { arch: "x86_64", machine }, "hvm");
  if (firmware === "bios") return element("os", {}, [type]);
  if (host?.uefi === undefined) return element("os", { firmware: "efi" }, [type]);
  const loader = element("loader", { readonly: "yes", type: "pflash" }, host.uefi.code);
  const variables = `${asIs("folder", host.folder)}/uefi-variables`;
  return element("os", {}, [type, loader, element("nvram", { template: host.uefi.variables }, variables)]);
}

function cpuOf(host: DomainHost | undefined): XmlElement {
  if (host === undefined) return element("cpu", { mode: "host-model" });
  if (host.isAccelerated) return element("cpu", { mode: "host-passthrough" });
  return element("cpu", { mode: "maximum" }, [element("feature", { policy: "disable", name: "pku" })]);
}

function diskOf(disks: readonly ReplicaDisk[], disk: ReplicaDisk, index: number): XmlElement {
  const { bus } = disk;
  if (bus === "nvme") throw specUnsupported("disks", "on another bus than nvme, which libvirt does not have");
  const prefix = DEVICE_PREFIX[bus];
  const place = disks
    .slice(0, index)
    .filter((each) => each.bus !== "nvme" && DEVICE_PREFIX[each.bus] === prefix).length;
  const name = asIs("disks", disk.exportName);
  const source = element("source", { protocol: "nbd", ...(name === "" ? {} : { name }) }, [
    element("host", { transport: "unix", socket: asIs("disks", disk.nbdSocket) }),
    element("reconnect", { delay: RECONNECT_SECONDS }),
  ]);
  const driver = { name: "qemu", type: "raw", discard: "unmap", error_policy: "stop", rerror_policy: "stop" };
  return element("disk", { type: "network", device: "disk" }, [
    element("driver", driver),
    source,
    element("target", { dev: `${prefix}${String.fromCharCode(97 + place)}`, bus }),
    element("serial", {}, serialOf(disks, index)),
    element("boot", { order: index + 1 }),
    ...(disk.readOnly ? [element("readonly")] : []),
  ]);
}

function interfaceOf(spec: ReplicaSpec, nic: ReplicaNic): XmlElement {
  const { network, model } = nic;
  const mac = element("mac", { address: macOf(spec.id, nic, spec.nics.indexOf(nic)) });
  const card = element("model", { type: model });
  if (typeof network === "string") return element("interface", { type: "user" }, [mac, card]);
  return element("interface", { type: "bridge" }, [mac, element("source", { bridge: network.bridge }), card]);
}

function consoleOf(host: DomainHost | undefined): XmlElement[] {
  const target = element("target", { port: 0 });
  if (host === undefined) return [element("serial", { type: "pty" }, [target])];
  const source = element("source", { path: `${asIs("folder", host.folder)}/console`, append: "off" });
  return [element("serial", { type: "file" }, [source, target])];
}

/** Nothing of the disks' sockets or of the folder is given to another user. */
function labelOf({ user, group }: DomainHost): XmlElement {
  const label = element("label", {}, `+${user}:+${group}`);
  return element("seclabel", { type: "static", model: "dac", relabel: "no" }, [label]);
}

/** libvirt's own user network reaches what the host reaches, and forwards nothing: its cards are handed to QEMU as they are. */
function commandLineOf(spec: ReplicaSpec, isUser: (nic: ReplicaNic) => boolean): XmlElement[] {
  const args = spec.nics.flatMap((nic, index) => {
    const device = { ...nicDeviceOf(spec, nic, index), bus: busOf(spec), addr: `0x${(0x10 + index).toString(16)}` };
    return isUser(nic) ? ["-netdev", JSON.stringify(netdevOf(nic, index)), "-device", JSON.stringify(device)] : [];
  });
  if (args.length === 0) return [];
  return [
    element(
      "qemu:commandline",
      {},
      args.map((value) => element("qemu:arg", { value })),
    ),
  ];
}

/** libvirt gives places on the bus to its own devices from the other end. */
function busOf({ disks }: ReplicaSpec): string {
  return disks.some(({ bus }) => bus === "ide") ? "pci.0" : "pcie.0";
}

/** A path or a name that XML would change is refused: it would be another's. */
function asIs(field: string, text: string): string {
  if (fitsXml(text)) return text;
  throw specUnsupported(field, "without characters that XML cannot hold, for libvirt");
}
