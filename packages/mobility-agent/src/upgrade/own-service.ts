/** What says which service a process is of. */
export interface ServiceFacts {
  /** Of /proc/self/cgroup. */
  readonly cgroup: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  /** What the manager says of a service's main process; undefined when it cannot be asked. */
  readonly mainPid: (service: string) => Promise<number | undefined>;
}

/**
 * The service of systemd that is this very process; empty when there is none. One that is merely of a service's control group is not: what supervisord, cloud-init or rc.local
 * started has their group and their INVOCATION_ID, and they are not to be started anew in its place.
 */
export async function ownServiceBy({ cgroup, environment, pid, mainPid }: ServiceFacts): Promise<string> {
  const [line = ""] = cgroup.split("\n").filter((each) => each.endsWith(".service"));
  const name = line.split("/").at(-1) ?? "";
  // A session of a person is a service of that person's manager, which started no agent.
  if (name === "" || environment["INVOCATION_ID"] === undefined || line.includes("/user.slice/")) return "";
  if (environment["SYSTEMD_EXEC_PID"] === String(pid)) return name;
  return (await mainPid(name)) === pid ? name : "";
}
