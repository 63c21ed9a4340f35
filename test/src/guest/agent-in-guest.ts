import { rm } from "node:fs/promises";
import type { Chain } from "../harness/chain.ts";
import type { Guest } from "./guest.ts";
import { HOST_ADDRESS } from "./qemu-arguments.ts";

/** The agent's service in a guest. */
export const AGENT_UNIT = "leeward-agent.service";
/** Its home there. */
export const AGENT_HOME = "/var/lib/leeward-agent";
/** A daemon loads some 20 times slower where the processor is emulated. */
const START_SECONDS_MAX = 300;
const UNIT = `[Unit]
Description=Leeward mobility agent
After=network-online.target
Wants=network-online.target

[Service]
Type=notify
NotifyAccess=all
ExecStart=/opt/leeward/leeward agent start --home ${AGENT_HOME}
Restart=on-failure
KillMode=mixed
TimeoutStartSec=${START_SECONDS_MAX}

[Install]
WantedBy=multi-user.target
`;

/**
 * Registers the guest with a chain that is reached at HOST_ADDRESS, and makes its agent a service that also starts after a reboot.
 * Settles when the server sees the machine online. Leeward is installed in the guest, and the guest reaches the chain's ports.
 * Without `protectable` every disk may be protected.
 */
export async function startAgentInGuest(
  guest: Guest,
  chain: Chain,
  protectable: readonly string[] = [],
): Promise<void> {
  const tokenFile = await chain.makeAgentToken();
  await guest.copyIn(tokenFile, "/root/agent.token");
  await rm(tokenFile);
  const { api } = await chain.ports();
  const place = `--server https://${HOST_ADDRESS}:${api} --token-file /root/agent.token --home ${AGENT_HOME}`;
  const allowed = protectable.length === 0 ? "" : ` --protectable ${protectable.join(" ")}`;
  const limit = { secondsMax: START_SECONDS_MAX };
  await guest.run(`leeward agent register ${place} --name ${chain.machine}${allowed}`, limit);
  await guest.run(`rm /root/agent.token; cat > /etc/systemd/system/${AGENT_UNIT}`, { input: UNIT });
  await guest.run(`systemctl enable --quiet --now ${AGENT_UNIT}`, limit);
  await chain.untilOnline();
}
