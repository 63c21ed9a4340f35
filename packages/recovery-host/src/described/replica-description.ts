import { formatNbdUri } from "@leeward/nbd";
import { domainXml } from "../libvirt/domain-xml.ts";
import { guestArguments, type QemuFacts, UEFI_VARIABLES } from "../qemu/qemu-arguments.ts";
import type { ReplicaDisk, ReplicaSpec } from "../replica-spec.ts";

/** How a machine is started by hand, or by another hypervisor, from the disks that are exported. */
export interface ReplicaDescription {
  readonly disks: readonly DescribedDisk[];
  /** For a shell: QEMU with the machine's console on the terminal. */
  readonly qemuCommand: string;
  /** For `virsh define`; undefined where libvirt has not what the machine needs. */
  readonly libvirtXml: string | undefined;
}

export interface DescribedDisk {
  readonly name: string;
  readonly uri: string;
  readonly sizeBytes: number;
  readonly readOnly: boolean;
}

/** `sizes` are those of the disks, in their order. */
export function descriptionOf(spec: ReplicaSpec, facts: QemuFacts, sizes: readonly number[]): ReplicaDescription {
  const guest = guestArguments(spec, { facts, folder: "." });
  // A new machine's firmware begins with a copy of its variables.
  const first =
    spec.firmware === "uefi" ? `cp ${quoted(facts.uefi?.variables ?? "OVMF_VARS.fd")} ${UEFI_VARIABLES} && ` : "";
  return {
    disks: spec.disks.map((disk, index) => ({
      name: disk.name,
      uri: nbdUriOf(disk),
      sizeBytes: sizes[index] ?? 0,
      readOnly: disk.readOnly,
    })),
    qemuCommand: first + [facts.program, ...guest, "-serial", "mon:stdio"].map(quoted).join(" "),
    libvirtXml: spec.disks.some(({ bus }) => bus === "nvme") ? undefined : domainXml(spec),
  };
}

function nbdUriOf({ nbdSocket, exportName }: ReplicaDisk): string {
  return formatNbdUri({ address: { path: nbdSocket }, exportName, tls: false });
}

/** As one word of a shell. */
function quoted(word: string): string {
  return /^[A-Za-z0-9_./:=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
