// systeminformation asks PowerShell for most of this, which takes seconds and may be forbidden; Windows says it without.
import { cpus, hostname, networkInterfaces, release, totalmem } from "node:os";
import { type WindowsDrive, windowsDrives } from "@leeward/block";
import { isUefi, registryText } from "@leeward/daemon";
import type { HostDescription } from "./node-host-description.ts";
import type { NetworkCard } from "./node-network-cards.ts";

const VERSION_KEY = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";

/** A drive as people look for it. */
type DescribedDrive = Pick<WindowsDrive, "path" | "product" | "serial" | "signature" | "volumes"> & {
  /** null where Windows does not tell it. */
  readonly sizeBytes: number | null;
};

export async function describeWindowsHost(): Promise<HostDescription & { readonly drives: readonly DescribedDrive[] }> {
  const [name, version, drives] = await Promise.all([
    registryText(VERSION_KEY, "ProductName"),
    registryText(VERSION_KEY, "DisplayVersion"),
    windowsDrives(),
  ]);
  const processors = cpus();
  return {
    hostname: hostname(),
    distribution: `${name === "" ? "Windows" : name} ${version}`.trim(),
    kernel: release(),
    architecture: "x64",
    uefi: await isUefi(),
    cpu: { model: processors[0]?.model.trim() ?? "", cores: processors.length },
    memoryBytes: totalmem(),
    nics: networkCards(),
    drives: drives.map(({ path, product, serial, signature, volumes, sizeBytes }) => {
      return { path, product, serial, signature, volumes, sizeBytes: sizeBytes ?? null };
    }),
  };
}

/** Cards that are up and have an address. Which of them has the gateway, and asks for addresses, Windows is not asked. */
function networkCards(): NetworkCard[] {
  return Object.entries(networkInterfaces()).flatMap(([name, found = []]) => {
    const own = found.filter(({ internal }) => !internal);
    const addresses = own.flatMap(({ cidr }) => (cidr === null || cidr.startsWith("fe80:") ? [] : [cidr]));
    const [first] = own;
    return first === undefined ? [] : [{ name, mac: first.mac.toLowerCase(), addresses, gateway: null, dhcp: false }];
  });
}
