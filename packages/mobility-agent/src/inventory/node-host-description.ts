import { isWindows } from "@leeward/world";
import si from "systeminformation";
import { type NetworkCard, networkCards } from "./node-network-cards.ts";
import { describeWindowsHost } from "./node-windows-host-description.ts";

/** The machine, for people, and for whoever makes a replica machine of it. */
export interface HostDescription {
  readonly hostname: string;
  /** "Debian GNU/Linux 12", "Windows Server 2022 Datacenter 21H2". */
  readonly distribution: string;
  readonly kernel: string;
  readonly architecture: string;
  /** null where it cannot be told. */
  readonly uefi: boolean | null;
  readonly cpu: { readonly model: string; readonly cores: number };
  readonly memoryBytes: number;
  readonly nics: readonly NetworkCard[];
}

/** Asked for once: it takes a moment. */
export const describeHost: () => Promise<HostDescription> = isWindows ? describeWindowsHost : describeLinuxHost;

async function describeLinuxHost(): Promise<HostDescription> {
  const [os, cpu, memory, nics] = await Promise.all([si.osInfo(), si.cpu(), si.mem(), networkCards()]);
  return {
    hostname: os.hostname,
    distribution: `${os.distro} ${os.release}`,
    kernel: os.kernel,
    architecture: os.arch,
    uefi: os.uefi,
    cpu: { model: cpu.brand, cores: cpu.cores },
    memoryBytes: memory.total,
    nics,
  };
}
