/** What can be installed by itself, each under the name that runbooks know. */
export interface Role {
  readonly name: string;
  /** One line, for package managers. */
  readonly summary: string;
  /** What is beside it on a machine gets in its way. */
  readonly conflicts: readonly string[];
  /** What its state is to its owner: said when a package is removed or purged. */
  readonly purge: "removed" | "journals-kept";
}

const SERVERS = ["config-server", "process-server", "master-target"];

export const ROLES: readonly Role[] = [
  {
    name: "agent",
    summary: "Leeward mobility agent: captures what this machine writes",
    conflicts: [],
    purge: "removed",
  },
  {
    name: "config-server",
    summary: "Leeward config server: identity, policies, jobs, API",
    conflicts: ["management-server"],
    purge: "removed",
  },
  {
    name: "process-server",
    summary: "Leeward process server: takes in, makes small and private, forwards",
    conflicts: ["management-server"],
    purge: "removed",
  },
  {
    name: "master-target",
    summary: "Leeward master target: keeps journals, serves recovery points",
    conflicts: ["management-server"],
    purge: "journals-kept",
  },
  {
    name: "management-server",
    summary: "Leeward management server: config server, process server and master target in one",
    conflicts: SERVERS,
    purge: "journals-kept",
  },
];

/** "leeward-agent": of its package, its service and its files. */
export function packageName({ name }: Role): string {
  return `leeward-${name}`;
}

/** Where its package puts the program. */
export function programFolder({ name }: Role): string {
  return `usr/lib/leeward/${name}`;
}
