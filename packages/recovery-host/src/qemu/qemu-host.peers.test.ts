import { peer } from "@leeward/nbd/testing";
import { groupsOf, processesOf, recoveryHostSuite } from "../testing/index.ts";

recoveryHostSuite("QEMU as a recovery host", {
  skip: peer("qemu-system-x86_64").skip,
  prepare: async () => ({
    kind: "qemu",
    outside: async (ids) => [...(await processesOf(ids)), ...groupsOf(ids)],
    [Symbol.asyncDispose]: async () => {},
  }),
});
