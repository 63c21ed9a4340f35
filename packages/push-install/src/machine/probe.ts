import { Fault } from "@leeward/base";
import type { ShellResult } from "../shell/secure-shell.ts";

/**
 * Looks at a machine and changes nothing. What it finds is a line of `name=value`; a name may come more than once. `folder` is where the package would be unpacked,
 * `server` and `data` are "host port" as the machine is to reach them.
 */
export const PROBE = `
say() { printf '%s=%s\\n' "$1" "$2"; }
from() { sed -n "s/^$1=//p" /etc/os-release 2> /dev/null | head -n 1 | tr -d "\\"'"; }
say id "$(from ID)"
say like "$(from ID_LIKE)"
say distribution "$(from PRETTY_NAME)"
say architecture "$(uname -m)"
say system "$(uname -s)"
say kernel "$(uname -r)"
say hostname "$(uname -n)"
say glibc "$(getconf GNU_LIBC_VERSION 2> /dev/null | sed -n 's/^glibc //p')"
[ -d /run/systemd/system ] && say systemd yes
command -v dpkg > /dev/null && say dpkg yes
say seconds "$(date +%s)"
space() {
  place=$1
  while [ ! -d "$place" ]; do place=$(dirname "$place"); done
  df -Pk "$place" 2> /dev/null | awk -v of="$1" 'NR == 2 { mount = $6; for (i = 7; i <= NF; i++) mount = mount " " $i; print "space=" of " " $4 " " mount }'
}
space /opt
space /usr
space /var
space "$folder"
if command -v dpkg-query > /dev/null; then
  dpkg-query -W -f 'deb=\${Status} \${Version}\\n' leeward-agent 2> /dev/null | sed -n 's/^deb=install ok installed /deb=/p'
fi
# Where rpm keeps nothing, it would begin to by being asked.
if command -v rpm > /dev/null && [ -n "$(ls -A /var/lib/rpm /usr/lib/sysimage/rpm 2> /dev/null | grep -i 'packages\\|rpmdb')" ]; then
  rpm -q --qf 'rpm=%{VERSION}\\n' leeward-agent 2> /dev/null | grep '^rpm='
fi
[ -e /opt/leeward/agent/VERSION ] && say archive "$(cat /opt/leeward/agent/VERSION)"
home=/var/lib/leeward/agent
[ -e "$home" ] && say home yes
[ -e "$home/identity/certificate.pem" ] && say enrolled yes
[ -e "$home/identity/ca.pem" ] && say authority "$(tr -d '\\n' < "$home/identity/ca.pem")"
[ -e /var/lib/leeward/agent-push ] && say push "$(sed -n 's/^push=//p' /var/lib/leeward/agent-push)"
[ -e /sys/kernel/btf/vmlinux ] && say btf yes
{ [ -d /sys/kernel/tracing/events/block ] || [ -d /sys/kernel/debug/tracing/events/block ]; } && say tracefs yes
reach() {
  command -v bash > /dev/null && command -v timeout > /dev/null || { say "$1" unknown; return; }
  if timeout 8 bash -c 'exec 3<> "/dev/tcp/$0/$1"' $2 2> /dev/null; then say "$1" yes; else say "$1" no; fi
}
[ -n "$server" ] && reach server "$server"
[ -n "$data" ] && reach data "$data"
say end yes
`;

export interface Space {
  /** Which of the places it is about. */
  readonly of: string;
  readonly freeKib: number;
  readonly mount: string;
}

export type Reach = "yes" | "no" | "unknown";

/** What was found of a machine. Empty where it does not say. */
export interface MachineFacts {
  readonly id: string;
  readonly like: readonly string[];
  readonly distribution: string;
  readonly architecture: string;
  readonly kernel: string;
  readonly hostname: string;
  readonly glibc: string;
  readonly systemd: boolean;
  readonly dpkg: boolean;
  /** Its clock, seconds since 1970. */
  readonly seconds: number;
  readonly spaces: readonly Space[];
  /** What put the agent's program there, and its version. */
  readonly program: { readonly kind: "deb" | "rpm" | "tar.gz"; readonly version: string } | undefined;
  readonly hasHome: boolean;
  readonly enrolled: boolean;
  /** The certificate of the authority that the agent there trusts, without line ends. */
  readonly authority: string;
  /** Whose push is under way there. */
  readonly push: string;
  /** What may note changes of live disks there, best first; what a kernel refuses shows when it is asked. */
  readonly rungs: readonly string[];
  readonly server: Reach;
  readonly data: Reach;
}

/** @throws Fault `push-probe-failed` */
export function factsOf(host: string, result: ShellResult): MachineFacts {
  const lines = result.stdout.split("\n").map((line): [string, string] => {
    const at = line.indexOf("=");
    return at === -1 ? ["", line] : [line.slice(0, at), line.slice(at + 1).trim()];
  });
  const all = (name: string): string[] => lines.flatMap(([key, value]) => (key === name ? [value] : []));
  const one = (name: string): string => all(name)[0] ?? "";
  const is = (name: string): boolean => one(name) === "yes";
  if (!is("end") || one("system") !== "Linux" || !Number.isSafeInteger(Number(one("seconds")))) throw probeFailed(host);
  return {
    id: one("id"),
    like: one("like").split(/\s+/).filter(Boolean),
    distribution: one("distribution") || one("id") || "an unknown system",
    architecture: one("architecture"),
    kernel: one("kernel"),
    hostname: one("hostname"),
    glibc: one("glibc"),
    systemd: is("systemd"),
    dpkg: is("dpkg"),
    seconds: Number(one("seconds")),
    spaces: all("space").flatMap(spaceOf),
    program: programOf(one("deb"), one("rpm"), one("archive")),
    hasHome: is("home"),
    enrolled: is("enrolled"),
    authority: one("authority"),
    push: one("push"),
    rungs: [
      ...(is("btf") ? ["tracker (ebpf)"] : []),
      ...(is("tracefs") ? ["tracker (tracefs)"] : []),
      "splitter",
      "rescan",
    ],
    server: reachOf(one("server")),
    data: reachOf(one("data")),
  };
}

function spaceOf(text: string): Space[] {
  const [, of, free, mount] = /^(\S+) (\d+) (\/.*)$/.exec(text) ?? [];
  return of === undefined || mount === undefined ? [] : [{ of, freeKib: Number(free), mount }];
}

function programOf(deb: string, rpm: string, archive: string): MachineFacts["program"] {
  if (deb !== "") return { kind: "deb", version: deb };
  if (rpm !== "") return { kind: "rpm", version: rpm };
  return archive === "" ? undefined : { kind: "tar.gz", version: archive };
}

function reachOf(text: string): Reach {
  return text === "yes" || text === "no" ? text : "unknown";
}

function probeFailed(host: string): Fault {
  return new Fault({
    code: "push-probe-failed",
    kind: "operator",
    message: `${host} did not say what it is: it is no Linux, or lacks the usual commands.`,
    remedy: "Agents run on Linux with sh, sed, awk and coreutils.",
    detail: { host },
  });
}
