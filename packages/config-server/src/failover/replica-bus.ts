import { Fault } from "@leeward/base";
import type { FailoverSettings } from "../store/failover-rows.ts";
import type { SourceInventory } from "./source-inventory.ts";

type DiskBus = FailoverSettings["diskBus"];

/** Which of its drivers a kernel needs before its root file system is there, for disks on that bus; the best bus first. */
const DRIVERS: readonly (readonly [DiskBus, readonly string[]])[] = [
  ["virtio", ["virtio_pci", "virtio_blk"]],
  ["scsi", ["virtio_pci", "virtio_scsi", "sd_mod"]],
  ["sata", ["ahci", "sd_mod"]],
  ["nvme", ["nvme"]],
  ["ide", ["ata_piix", "sd_mod"]],
];

/** A bus whose disks the source's kernel finds when it boots; virtio where nobody knows. @throws Fault `replica-drivers-unsuited` */
export function busFor({ bootDrivers }: SourceInventory): DiskBus {
  if (bootDrivers === undefined) return "virtio";
  const found = DRIVERS.find(([, needed]) => needed.every((driver) => bootDrivers.includes(driver)));
  if (found !== undefined) return found[0];
  throw new Fault({
    code: "replica-drivers-unsuited",
    kind: "operator",
    message: `What the source's kernel has from its start drives no disk that a replica machine can be given: it has ${bootDrivers.join(", ") || "none of these drivers"}.`,
    remedy:
      "Add a driver to the source's initramfs (Debian: `MODULES=most` and `update-initramfs -u`; dracut: `--add-drivers`), start its agent anew, and wait for a new point. Or name the bus: `leeward machine recovery M diskBus=…`.",
    detail: { drivers: bootDrivers.join(" ") },
  });
}
