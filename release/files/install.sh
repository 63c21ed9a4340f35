#!/bin/sh
# Installs a role of Leeward on this machine, or takes it away again. What it puts in place it puts there whole: until the new program has been copied and has
# said its version nothing that runs is touched, and when a later step fails the old one is put back. State and configuration are never removed.
set -eu
# What is installed is read by the services' user, whoever installs it.
umask 022
version=@VERSION@
here=$(cd "$(dirname "$0")" && pwd -P)

usage() {
  cat << END
usage: install.sh -r ROLE [-d DIR] [-q] [--no-service]        install, or replace by this version
       install.sh -u -r ROLE [-d DIR] [-q]                    uninstall; state and configuration stay

  -r ROLE        agent, management-server (config server, process server and master target in one), config-server, process-server, master-target
  -d DIR         where the program goes, into a folder of its own for each role (default: /opt/leeward)
  -q             say nothing but what went wrong
  --no-service   the program alone, into DIR: nothing outside of it is touched
END
}
say() { if [ -z "$quiet" ]; then echo "$*"; fi; }
refuse() { echo "install.sh: $*" >&2; exit 2; }
fail() { echo "install.sh: $*" >&2; exit 1; }

role='' base=/opt/leeward quiet='' uninstall='' service=yes
while [ $# -gt 0 ]; do
  case "$1" in
    -r | -d) [ $# -ge 2 ] || refuse "$1 needs a value" ;;
  esac
  case "$1" in
    -r) role=$2; shift ;;
    -d) base=$2; shift ;;
    -q) quiet=yes ;;
    -u) uninstall=yes ;;
    --no-service) service='' ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; refuse "unknown option $1" ;;
  esac
  shift
done

case "$role" in
  agent | management-server | config-server | process-server | master-target) ;;
  '') usage >&2; refuse "say which role: -r ROLE" ;;
  *) usage >&2; refuse "no such role: $role" ;;
esac
# The folder stands in a unit and in scripts.
case "$base" in
  /) refuse "-d / would put the program beside the system's own folders" ;;
  /*) ;;
  *) refuse "-d takes an absolute path: $base" ;;
esac
case "$base" in *[!A-Za-z0-9._/-]*) refuse "-d takes letters, digits, '.', '_' and '-' alone: $base" ;; esac
base=${base%/}
folder=$base/$role
name=leeward-$role
unit=/etc/systemd/system/$name.service
link=/usr/local/bin/leeward

is_root() { [ "$(id -u)" = 0 ]; }
runs_systemd() { [ -d /run/systemd/system ]; }
is_ours() { [ -L "$link" ] && [ "$(readlink "$link")" = "$folder/leeward" ]; }

if [ -n "$uninstall" ]; then
  [ -e "$folder/VERSION" ] || refuse "$role is not installed in $base"
  [ -w "$base" ] || refuse "$base cannot be written: run it as root"
  if [ -e "$unit" ] && grep -q "$folder/leeward" "$unit"; then
    is_root || refuse "$name is a service: run it as root"
    if [ "$role" = agent ] && [ -e /etc/systemd/system/leeward-last-look.service ]; then
      "$folder/leeward" agent prepare-boot --undo --home /var/lib/leeward/agent > /dev/null || fail "prepare-boot could not be undone; nothing was removed"
    fi
    if runs_systemd; then
      systemctl disable --quiet --now "$name.service" || fail "$name could not be stopped; nothing was removed"
    elif command -v systemctl > /dev/null; then
      systemctl disable --quiet "$name.service" || fail "$name could not be disabled; nothing was removed"
    fi
    rm -f "$unit" "/etc/sysusers.d/$name.conf"
    if runs_systemd; then systemctl daemon-reload; fi
  fi
  if is_ours; then rm -f "$link"; fi
  rm -rf "$folder"
  rmdir "$base" 2> /dev/null || true
  say "$role was removed from $base. What it keeps stays: /var/lib/leeward/$role, /etc/leeward/$role.conf, where they are."
  exit 0
fi

# What cannot be done is found out before anything is.
[ "$(uname -s)" = Linux ] && [ "$(uname -m)" = x86_64 ] || refuse "this is for Linux on x86-64; this machine is $(uname -s) on $(uname -m)"
[ -d "$here/program" ] && [ -d "$here/roles/$role" ] || refuse "$here is not an unpacked archive of Leeward"
said=$("$here/program/bin/node" --version 2>&1) || refuse "the runtime does not run here (it needs glibc 2.28 or newer, and libstdc++): $said"
if command -v dpkg-query > /dev/null && dpkg-query -W -f '${Status}' "$name" 2> /dev/null | grep -q ' installed$'; then
  refuse "the package $name is installed; take one or the other"
fi
for other in config-server process-server master-target; do
  if [ "$role" = management-server ] && [ -e "$base/$other/VERSION" ]; then refuse "$other is in $base already, and a management server has one of its own"; fi
  if [ "$role" = "$other" ] && [ -e "$base/management-server/VERSION" ]; then refuse "a management server is in $base already, and has a $other of its own"; fi
done
if [ -e "$folder" ] && [ ! -e "$folder/VERSION" ]; then refuse "$folder is something else"; fi
mkdir -p "$base" 2> /dev/null || refuse "$base cannot be made: run it as root, or name another folder with -d"
[ -w "$base" ] || refuse "$base cannot be written: run it as root, or name another folder with -d"
if [ -n "$service" ] && ! is_root; then refuse "only root can install a service; with --no-service the program alone is installed"; fi
need=$(du -sk "$here/program" | cut -f1)
free=$(df -Pk "$base" | awk 'NR == 2 { print $4 }')
[ "$free" -gt "$((need + 20480))" ] || refuse "$base has $free KiB left, and $((need + 20480)) are needed"

new=$base/.$role.new.$$ old=$base/.$role.old.$$ done='' swapped=''
undo() {
  status=$?
  rm -rf "$new"
  if [ -n "$swapped" ] && [ -z "$done" ]; then
    rm -rf "$folder"
    if [ -d "$old" ]; then mv "$old" "$folder"; fi
    if [ -e "$unit.before.$$" ]; then mv "$unit.before.$$" "$unit"; elif [ -n "$service" ] && [ "$swapped" = unit ]; then rm -f "$unit"; fi
    if [ -n "$service" ] && runs_systemd; then
      systemctl daemon-reload || true
      if [ -e "$folder/VERSION" ]; then systemctl try-restart "$name.service" || true; fi
    fi
  fi
  rm -rf "$old" "$unit.before.$$" 2> /dev/null || true
  rmdir "$base" 2> /dev/null || true
  exit "$status"
}
trap undo EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

say "Copying the program to $folder"
cp -R "$here/program" "$new"
cp "$here/install.sh" "$new/install.sh"
if is_root; then chown -R 0:0 "$new"; fi
said=$(HOME='' "$new/leeward" --version) || fail "the copied program does not run"
[ "$said" = "$version" ] || fail "the copied program says that it is $said, and not $version"
if [ -d "$folder" ]; then mv "$folder" "$old"; fi
swapped=program
mv "$new" "$folder"

# A file that its owner has changed stays; ours goes beside it.
put() {
  mkdir -p "$(dirname "$2")"
  if [ ! -e "$2" ]; then
    cp "$1" "$2"
  elif ! cmp -s "$1" "$2"; then
    cp "$1" "$2.new"
    say "$2 was kept; the new one is $2.new"
  fi
}

if [ -n "$service" ]; then
  from=$here/roles/$role
  account=$from/usr/lib/sysusers.d/$name.conf
  if [ -e "$account" ]; then
    if command -v systemd-sysusers > /dev/null; then
      mkdir -p /etc/sysusers.d
      cp "$account" "/etc/sysusers.d/$name.conf"
      systemd-sysusers "$name.conf" || fail "the user leeward could not be made"
    elif ! getent passwd leeward > /dev/null; then
      useradd --system --user-group --home-dir /var/lib/leeward --no-create-home --shell /usr/sbin/nologin leeward || fail "the user leeward could not be made"
    fi
  fi
  mkdir -p -m 755 /var/lib/leeward
  put "$from/etc/leeward/$role.conf" "/etc/leeward/$role.conf"
  if [ -d /etc/logrotate.d ]; then put "$from/etc/logrotate.d/$name" "/etc/logrotate.d/$name"; fi
  if [ -e "$unit" ]; then cp -p "$unit" "$unit.before.$$"; fi
  swapped=unit
  mkdir -p /etc/systemd/system
  sed "s#/usr/lib/leeward/#$base/#g" "$from/usr/lib/systemd/system/$name.service" > "$unit.new.$$"
  mv "$unit.new.$$" "$unit"
  if [ ! -e "$link" ] && [ -d "$(dirname "$link")" ]; then ln -s "$folder/leeward" "$link"; fi
  if runs_systemd; then
    systemctl daemon-reload
    systemctl enable --quiet "$name.service" || fail "$name could not be enabled"
    systemctl restart "$name.service" || fail "$name did not start: journalctl -u $name"
  else
    if command -v systemctl > /dev/null; then systemctl enable --quiet "$name.service" || fail "$name could not be enabled"; fi
    say "systemd does not run here: the service is in place, and was not started"
  fi
fi
done=yes
say "$role $version is installed in $folder."
if [ -z "$service" ]; then
  say "Its commands: $folder/leeward"
elif runs_systemd && ! systemctl is-active --quiet "$name.service"; then
  say "$name waits: /etc/leeward/$role.conf says what it needs before it starts."
fi
