import assert from "node:assert/strict";
import { test } from "node:test";
import { bootDrivers } from "./boot-drivers.ts";

void test("drivers are found among what is built in and what an initramfs lists, in whatever form", () => {
  const builtIn = "kernel/drivers/scsi/sd_mod.ko\nkernel/drivers/nvme/host/nvme-core.ko\n";
  const ofInitramfsTools = "usr/lib/modules/6.1.0-1-amd64/kernel/drivers/virtio/virtio_pci.ko\nusr/bin/ahci\n";
  const ofDracut =
    "-rw-r--r--   1 root     root        18000 Jan  1  1970 usr/lib/modules/5.14/kernel/drivers/block/virtio-blk.ko.xz\n";
  assert.deepEqual(bootDrivers(builtIn, ofInitramfsTools, ofDracut), ["virtio_pci", "virtio_blk", "sd_mod"]);
  assert.deepEqual(bootDrivers("kernel/drivers/ata/libahci.ko", ""), []);
});
