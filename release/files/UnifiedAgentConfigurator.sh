#!/bin/sh
# Registers the agent of this machine at a config server and starts its service: what runbooks call after an installation. It is `leeward agent register` with
# other words; nothing here knows more than that does.
set -eu
here=$(dirname "$(readlink -f "$0")")

usage() {
  cat << END
usage: UnifiedAgentConfigurator.sh -i HOST -P FILE [-d DIR] [-q]

  -i HOST   the config server: its name or address, with :PORT where that is not 443, or https://HOST[:PORT]
  -P FILE   the file that holds a token for agents; it is removed once it was used
  -d DIR    the agent's home (default: /var/lib/leeward/agent)
  -q        say nothing but what went wrong
END
}
refuse() { echo "UnifiedAgentConfigurator.sh: $*" >&2; exit 2; }

host='' tokens='' home=/var/lib/leeward/agent quiet=''
while [ $# -gt 0 ]; do
  case "$1" in
    -i | -P | -d)
      [ $# -ge 2 ] || refuse "$1 needs a value"
      [ -n "$2" ] || refuse "$1 has an empty value"
      ;;
  esac
  case "$1" in
    -i) host=$2; shift ;;
    -P) tokens=$2; shift ;;
    -d) home=$2; shift ;;
    -q) quiet=yes ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; refuse "unknown option $1" ;;
  esac
  shift
done
[ -n "$host" ] || { usage >&2; refuse "say which config server: -i HOST"; }
[ -n "$tokens" ] || { usage >&2; refuse "say where the token is: -P FILE"; }
[ -f "$tokens" ] || refuse "$tokens is no file"
[ -r "$tokens" ] || refuse "$tokens cannot be read: run it as root"
case "$home" in /*) ;; *) refuse "-d takes an absolute path: $home" ;; esac
case "$host" in
  https://*) url=$host ;;
  *://*) refuse "-i takes a name or address, or https://…: $host" ;;
  *:*:*) case "$host" in \[*) url="https://$host" ;; *) url="https://[$host]" ;; esac ;;
  *) url="https://$host" ;;
esac

status=0
said=$("$here/leeward" agent register --server "$url" --token-file "$tokens" --home "$home") || status=$?
[ "$status" = 0 ] || exit "$status"
# It is of no use any more.
rm -f -- "$tokens"
if [ -z "$quiet" ]; then printf '%s\n' "$said"; fi

# A home of its own is run by whoever chose it.
if [ "$home" = /var/lib/leeward/agent ] && [ -d /run/systemd/system ]; then
  systemctl start leeward-agent.service || {
    status=$?
    echo "UnifiedAgentConfigurator.sh: the machine is registered, and its service did not start: journalctl -u leeward-agent" >&2
    exit "$status"
  }
  if [ -z "$quiet" ]; then echo "leeward-agent runs."; fi
fi
