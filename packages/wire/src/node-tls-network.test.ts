import type { KeyStore } from "@leeward/identity";
import { testAuthority } from "@leeward/identity/testing";
import type { PeerIdentity } from "@leeward/world";
import { networkSuite } from "@leeward/world/testing";
import { tlsNetwork } from "./index.ts";

networkSuite("WebSocket over TLS", async () => {
  const { enrol } = await testAuthority();
  const nearStore = await enrol({ role: "agent", id: "agent-1" });
  const farStore = await enrol({ role: "process-server", id: "server-1" });
  return {
    near: tlsNetwork({ keyStore: nearStore }),
    nearIdentity: identityOf(nearStore),
    far: tlsNetwork({ keyStore: farStore }),
    farIdentity: identityOf(farStore),
    host: "127.0.0.1",
    run: (work) => work(),
    [Symbol.asyncDispose]: async () => {},
  };
});

function identityOf({ identity }: KeyStore): PeerIdentity {
  if (identity === undefined) throw new Error("it is not enrolled");
  return identity;
}
