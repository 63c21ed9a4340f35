import { settingsManual } from "@leeward/daemon";
import { settingTable } from "@leeward/leeward";

/** Each daemon by its command, and where its package has its home. */
export const DAEMONS = [
  { name: "agent", title: "Mobility agent", home: "/var/lib/leeward/agent" },
  { name: "config-server", title: "Config server", home: "/var/lib/leeward/config-server" },
  { name: "process-server", title: "Process server", home: "/var/lib/leeward/process-server" },
  { name: "master-target", title: "Master target", home: "/var/lib/leeward/master-target" },
] as const;

/** The page of all settings, out of the tables that the daemons parse with. */
export async function settingsPage(): Promise<string> {
  const sections: string[] = [];
  for (const { name, title, home } of DAEMONS) {
    sections.push(`## ${title}\n\nIn \`${home}/config.yaml\`${besides(name)}.\n\n${await tableOf(name)}\n`);
  }
  return `# Settings

What each daemon reads from \`config.yaml\` of its home; this page is made from the tables that they read it with. Without the file everything has its
default. An unknown setting is refused, and so is a value that is out of its range. A change of a live setting takes effect at once; else at the next start.
\`leeward DAEMON start --check --home DIR\` says beforehand whether the file is right. What is decided at the server (policies, bandwidth, how a replica
machine is made) is no setting of a file: see [Tasks](tasks.md).

${sections.join("\n")}`;
}

function besides(name: string): string {
  return name === "agent"
    ? ""
    : `, or \`/var/lib/leeward/management-server/${name}/config.yaml\` on a management server`;
}

async function tableOf(name: string): Promise<string> {
  const table = await settingTable(name);
  const live = Object.entries(table).filter(([, setting]) => setting.live);
  const keys = live.map(([key]) => `\`${key}\``).join(", ");
  return `${settingsManual(table)}\n\n${keys === "" ? "None of them is live." : `Live: ${keys}.`}`;
}
