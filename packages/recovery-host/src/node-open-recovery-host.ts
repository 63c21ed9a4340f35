import { makeDurableFolder, nodeClock, nodeFiles } from "@leeward/world";
import { DescribedHypervisor } from "./described/described-hypervisor.ts";
import { describeReplica } from "./described/node-describe.ts";
import type { Hypervisor } from "./hypervisor.ts";
import { HypervisorHost } from "./hypervisor-host.ts";
import { LibvirtHypervisor } from "./libvirt/node-libvirt-hypervisor.ts";
import { qemuFacts } from "./qemu/node-qemu-facts.ts";
import { QemuHypervisor } from "./qemu/node-qemu-hypervisor.ts";
import type { HostKind, RecoveryHost } from "./recovery-host.ts";
import { ReplicaRecords } from "./replica-record.ts";

export interface RecoveryHostOptions {
  readonly kind: HostKind;
  /** A durable folder that exists. */
  readonly above: string;
  /** Lies in `above`, for this host alone; it is made. One process at a time uses it: whoever owns the home holds its lock. */
  readonly folder: string;
  /** Which libvirt; default: the system's own. */
  readonly libvirtUri?: string;
  /** Told of every step when it was done; for tests, which end the process there. */
  readonly onStep?: (step: string) => void;
}

/** The recovery host of that kind. Nothing is run yet; `recover` comes first. */
export async function openRecoveryHost(options: RecoveryHostOptions): Promise<RecoveryHost> {
  const files = nodeFiles({ io: "thread-pool" });
  await makeDurableFolder(files, options.above, options.folder);
  const { onStep } = options;
  return new HypervisorHost({
    hypervisor: hypervisorOf(options),
    records: new ReplicaRecords(files, options.folder),
    clock: nodeClock,
    describe: (spec) => describeReplica(spec, qemuFacts()),
    ...(onStep === undefined ? {} : { onStep }),
  });
}

function hypervisorOf({ kind, libvirtUri, onStep }: RecoveryHostOptions): Hypervisor {
  const files = nodeFiles({ io: "thread-pool" });
  if (kind === "qemu") return new QemuHypervisor(files, qemuFacts(), onStep);
  if (kind === "libvirt") return new LibvirtHypervisor(files, qemuFacts(), libvirtUri);
  return new DescribedHypervisor((spec) => describeReplica(spec, qemuFacts()));
}
