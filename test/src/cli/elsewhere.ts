/** Commands whose success is seen by other tests than the one that goes over all commands. */
export const SEEN_ELSEWHERE: readonly string[] = [
  // A job that can be cancelled is over too soon to be met there.
  "job cancel",
  // How a machine starts and ends is changed in a guest alone (test/src/guest).
  "agent prepare-boot",
  "agent last-look",
  // Where there is a hypervisor, their documents are held to their schemas in the tests of failovers and drills.
  "failover console",
  "drill run",
  // What an upgrade starts needs an agent that was installed (test/src/e2e/upgrade.test.ts).
  "agent finish-upgrade",
  // A service of Windows needs Windows (test/src/windows).
  "agent install-service",
  "agent remove-service",
  // It needs a receiver that is not on this machine (packages/config-server/src/alerts/alerts-api.test.ts).
  "alert channel test",
  // It needs a database of PostgreSQL (test/src/e2e/two-config-servers.peers.test.ts).
  "config-server join",
  // They need a store of Azure (test/src/cli/azure.peers.test.ts).
  "point publish",
  "journal publish",
  "restore publish",
];
