/**
 * What is done on a machine, as root. The record says from before the first change whose push it is, and what was there before:
 *
 * ```
 *  record ─► program ─► registered ─► started ─┬─► seen by the config server ─► record removed
 *                                              └─► undo: waited for what runs ─► stopped ─► left ─► program, state, settings that were not there ─► record
 * ```
 *
 * A crash between any two leaves the record, and undoing begins from there as often as it takes.
 */
const RECORD = `
record=/var/lib/leeward/agent-push
home=/var/lib/leeward/agent
if [ -x /usr/lib/leeward/agent/leeward ]; then program=/usr/lib/leeward/agent; else program=/opt/leeward/agent; fi
was() { sed -n "s/^$1=//p" "$record"; }
# A hangup must not end it in the middle of what dpkg does; and compiled code is kept in no home of anybody.
trap '' HUP
unset HOME XDG_CACHE_HOME
`;

const START = `
begin() {
  if [ -d /run/systemd/system ]; then
    systemctl enable --quiet leeward-agent.service && systemctl restart leeward-agent.service || return 1
    for second in $(seq 60); do
      systemctl is-active --quiet leeward-agent.service && return 0
      sleep 1
    done
    systemctl status --no-pager --lines 5 leeward-agent.service >&2
    return 1
  fi
  sh -c "$start" || return 1
}
`;

/** What an installer says goes to a file: a connection that breaks must not break it. */
const PUT = `
put() {
  install_package > "$folder/said" 2>&1 || { cat "$folder/said" >&2; return 1; }
}
install_package() {
  case "$file" in
    *.deb) DEBIAN_FRONTEND=noninteractive dpkg -i "$file" ;;
    *) mkdir "$folder/unpacked" && tar -C "$folder/unpacked" -xf "$file" && "$folder"/unpacked/*/install.sh -r agent -q ;;
  esac
}
[ "$(sha256sum < "$file" | cut -d ' ' -f 1)" = "$sha256" ] || { echo 'what arrived is not what was sent' >&2; exit 20; }
`;

/** Exit codes: 20 install, 21 register, 22 start. `folder`, `file`, `sha256`, `push`, `server`, `name`, `protectable` (a path a line), `start`. */
export const INSTALL = `${RECORD}${START}${PUT}
mkdir -p -m 755 /var/lib/leeward || exit 20
had() { if [ -e "$2" ]; then echo "$1=yes"; else echo "$1=no"; fi; }
set -C
{ echo "push=$push"; had home "$home"; had conf /etc/leeward/agent.conf; had rotate /etc/logrotate.d/leeward-agent; } > "$record" || exit 20
set +C
sync
put || exit 20
if [ -x /usr/lib/leeward/agent/leeward ]; then program=/usr/lib/leeward/agent; else program=/opt/leeward/agent; fi
set -- agent register --server "$server" --token-file "$folder/token" --home "$home" --name "$name"
if [ -n "$protectable" ]; then
  set -- "$@" --protectable
  while IFS= read -r path; do set -- "$@" "$path"; done << END
$protectable
END
fi
umask 077
mkdir -p "$home" || exit 21
"$program/leeward" "$@" >&2 || exit 21
begin >&2 || exit 22
"$program/leeward" --version
`;

/** Exit codes as above; the package itself puts back what was there when it fails. */
export const UPGRADE = `${RECORD}${START}${PUT}
if [ ! -d /run/systemd/system ]; then "$program/leeward" agent stop --home "$home" >&2 || true; fi
put || { begin >&2; exit 20; }
begin >&2 || exit 22
"$program/leeward" --version
`;

/** One that has not said yet that it is ready is found by what it runs, as is what tries another version of it: that would start it again. */
const STOP = `
if [ -d /run/systemd/system ]; then systemctl stop 'leeward-agent-upgrade-*.service' leeward-agent.service 2> /dev/null; fi
[ ! -x "$program/leeward" ] || "$program/leeward" agent stop --home "$home" > /dev/null 2>&1
runs() {
  case "$(readlink "/proc/$1/exe")" in
    "$program"/bin/node | "$program"/versions/*/bin/node) tr '\\0' ' ' < "/proc/$1/cmdline" | grep -qE ' agent (start|finish-upgrade) ' ;;
    *) return 1 ;;
  esac
}
for number in $(ls /proc | grep '^[0-9]*$'); do
  runs "$number" 2> /dev/null || continue
  kill "$number"
  for second in $(seq 40); do
    runs "$number" 2> /dev/null || continue 2
    sleep 1
  done
  kill -9 "$number"
done
`;

const TAKE_AWAY = `
if command -v dpkg-query > /dev/null && dpkg-query -W leeward-agent > /dev/null 2>&1; then
  DEBIAN_FRONTEND=noninteractive dpkg --remove leeward-agent >&2 || exit 30
fi
if [ -e /opt/leeward/agent/VERSION ]; then /opt/leeward/agent/install.sh -u -r agent -q >&2 || exit 30; fi
`;

/**
 * What a step that was cut off left: waits until nothing of that push runs any more, and removes what it worked in. A script that has not begun by then finds itself gone; so
 * nothing is put there afterwards. Exit code 30 when it does not end.
 */
const OTHERS = `
others() {
  for each in $(grep -lsF "leeward-push-$push-" /proc/[0-9]*/cmdline); do
    # What has ended meanwhile says nothing.
    case "$({ tr '\\0' ' ' < "$each"; } 2> /dev/null)" in
      *"$folder"*) ;;
      *"leeward-push-$push-"*) return 0 ;;
    esac
  done
  return 1
}
left=240
while :; do
  while others; do
    [ "$left" -gt 0 ] || { echo 'what it began there still runs' >&2; exit 30; }
    left=$((left - 1))
    sleep 1
  done
  for each in /var/tmp/leeward-push-"$push"-* /tmp/leeward-push-"$push"-* "\${folder%/*}"/leeward-push-"$push"-*; do
    [ "$each" = "$folder" ] || rm -rf "$each"
  done
  others || break
done
`;

/** Takes away what the push of \`push\` put there, and says "undone"; or "nothing" when there is no record of it. Exit code 30 when something stays. */
export const UNDO = `${RECORD}${OTHERS}
[ -e "$record" ] && [ "$(was push)" = "$push" ] || { echo nothing; exit 0; }
${STOP}
if [ -e "$home/identity/certificate.pem" ] && [ -x "$program/leeward" ]; then timeout 60 "$program/leeward" agent unregister --home "$home" > /dev/null 2>&1; fi
${TAKE_AWAY}
if command -v dpkg-query > /dev/null && dpkg-query -W leeward-agent > /dev/null 2>&1 && [ "$(was home)" = no ]; then dpkg --purge leeward-agent >&2 || exit 30; fi
if [ "$(was home)" = no ]; then rm -rf "$home" || exit 30; fi
if [ "$(was conf)" = no ]; then rm -f /etc/leeward/agent.conf; fi
if [ "$(was rotate)" = no ]; then rm -f /etc/logrotate.d/leeward-agent; fi
rmdir /etc/leeward 2> /dev/null
[ ! -e /opt/leeward/agent ] && [ ! -e /usr/lib/leeward/agent ] || { echo 'the program is still there' >&2; exit 30; }
rm -f "$record" || exit 30
rmdir /var/lib/leeward 2> /dev/null
echo undone
`;

/** The config server has seen the agent: the push is over. */
export const SETTLE = `${RECORD}
[ ! -e "$record" ] || [ "$(was push)" != "$push" ] || rm -f "$record"
`;

/**
 * Stops the agent, leaves the installation, and takes away the program with all that it kept: that serves nobody once the machine has left, and recovery points are not
 * there. A home that is a file system of its own stays as an empty one.
 */
export const UNINSTALL = `${RECORD}${STOP}
"$program/leeward" agent unregister --home "$home" >&2 || echo 'it could not leave the installation' >&2
${TAKE_AWAY}
for disk in "$home"/disks/*; do
  if [ -d "$disk" ]; then rm -rf "/sys/fs/bpf/leeward/\${disk##*/}"; fi
done
if command -v dpkg-query > /dev/null && dpkg-query -W leeward-agent > /dev/null 2>&1; then dpkg --purge leeward-agent >&2 || exit 30; fi
rm -f /etc/leeward/agent.conf /etc/leeward/agent.token /etc/logrotate.d/leeward-agent
rm -rf /var/cache/leeward/agent /var/log/leeward/agent
rm -rf "$home" 2> /dev/null || [ -z "$(ls -A "$home")" ] || { echo "$home could not be removed" >&2; exit 30; }
rmdir /sys/fs/bpf/leeward /var/lib/leeward /var/cache/leeward /var/log/leeward /etc/leeward 2> /dev/null
echo uninstalled
`;
