import assert from "node:assert/strict";
import { test } from "node:test";
import { simulatedWorld } from "@leeward/world/testing";
import { Authority, KeyStore } from "./index.ts";

test("a key store gets a certificate from the authority, and both come back from their folders", async () => {
  const world = simulatedWorld({ seed: 1 });
  await world.clock.hold(
    (async () => {
      await world.files.makeFolder("/ca");
      await world.files.makeFolder("/agent");
      const authority = await Authority.open(world, "/ca");
      const store = await KeyStore.open(world, "/agent");
      const certificatePem = await authority.issue(await store.createRequest(), {
        role: "agent",
        id: "a1",
        names: ["localhost", "127.0.0.1", "::1"],
      });
      await store.install({ certificatePem, caPem: authority.caPem, crlPem: authority.crlPem });
      console.log(certificatePem, authority.crlPem, store.identity);
      assert.equal((await KeyStore.open(world, "/agent")).identity?.id, "a1");
    })(),
  );
});
