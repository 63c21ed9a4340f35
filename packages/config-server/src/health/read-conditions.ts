import { rotationView } from "../api/authority-handlers.ts";
import { viewFactsOf } from "../api/lookup.ts";
import type { Services } from "../api/services.ts";
import { drillConditions } from "../drills/drill-conditions.ts";
import { certificateEndMicros } from "../trust/node-certificate.ts";
import type { Condition } from "./condition.ts";
import { conditionsOf } from "./conditions.ts";
import { planConditions } from "./plan-conditions.ts";

/** What holds at this moment, of all parts of the server. */
export async function readConditions(services: Services): Promise<Condition[]> {
  const { store, trust, config, startedMicros, copies, uploadDelays, world, softwareVersion: serverVersion } = services;
  const held = await trust.recoveryKey.held();
  const erased = store.facts.get("recoveryKeyErasedMicros") !== undefined;
  const backup = store.facts.get("backupMicros");
  const conditions = conditionsOf({
    ...viewFactsOf(services),
    verifyOf: store.verify.ofAll(),
    startedMicros,
    serverVersion,
    installation: services.installations.now(),
    copyOf: (memberId) => copies.of(memberId),
    failovers: store.failovers.standing(),
    offlineAfterSeconds: config.value.offlineAfterSeconds,
    recoveryKey: held ? "held" : erased ? "exported" : "lost",
    rotation: rotationView(services),
    authorityEndMicros: certificateEndMicros(trust.ownCaPem),
    backupMicros: backup === undefined ? undefined : Number(backup),
    uploadDelayOf: (diskId) => uploadDelays.of(diskId),
    channels: store.alertChannels.list(),
    ownFaults: config.fault === undefined ? [] : [config.fault],
  });
  return [...conditions, ...drillConditions(store, world.clock.wallMicros()), ...planConditions(store)];
}
