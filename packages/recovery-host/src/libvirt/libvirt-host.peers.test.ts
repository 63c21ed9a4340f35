import { after } from "node:test";
import { peer } from "@leeward/nbd/testing";
import { PrivateLibvirt, processesOf, recoveryHostSuite } from "../testing/index.ts";

const virsh = peer("virsh");
let shared: Promise<PrivateLibvirt> | undefined;

after(async () => {
  await (await shared)?.[Symbol.asyncDispose]();
});

recoveryHostSuite("libvirt as a recovery host", {
  skip: skipReason(),
  prepare: async () => {
    shared ??= PrivateLibvirt.start(virsh);
    const libvirt = await shared;
    return {
      kind: "libvirt",
      libvirtUri: libvirt.uri,
      outside: async (ids) => [...(await processesOf(ids)), ...(await libvirt.domainsOf(ids))],
      [Symbol.asyncDispose]: async () => {},
    };
  },
});

function skipReason(): string | false {
  const missing = ["virsh", "libvirtd", "virtlogd", "qemu-system-x86_64", "unshare", "setpriv"]
    .map((name) => peer(name).skip)
    .find((skip) => skip !== false);
  if (missing !== undefined) return missing;
  if (process.env["LEEWARD_REQUIRE_PEERS"] === "1") return false;
  return process.getuid?.() === 0 ? false : "only root can start a libvirt of its own";
}
