import { makeDebianTree } from "./debian-tree.ts";
import { isEmulated } from "./qemu-arguments.ts";

/** What the kernel modules, sshd and the tests inside of a guest need; nothing that is only recommended. */
const PACKAGES = [
  ...["systemd", "systemd-sysv", "udev", "dbus", "kmod", "util-linux", "iproute2", "openssh-server"],
  ...["linux-image-cloud-amd64", "initramfs-tools", "zstd", "e2fsprogs", "xfsprogs", "fdisk", "lvm2", "mdadm"],
  // Node is linked with libstdc++. What an agent serves becomes a device of its machine by nbd-client.
  ...["libstdc++6", "fio", "sqlite3", "postgresql", "nbd-client"],
];
const SUITE = "bookworm";
/** What would wake up in the middle of a test, or wait for a network that has no end. */
const MASKED = [
  ...["apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "fstrim.timer"],
  ...["e2scrub_all.timer", "e2scrub_reap.service", "mdcheck_start.timer", "mdcheck_continue.timer"],
  ...["mdmonitor-oneshot.timer", "systemd-networkd-wait-online.service"],
  // Nobody sits in front of it.
  ...["getty@tty1.service", "systemd-logind.service"],
];
/**
 * Every service, sshd with its commands included, keeps to one of two emulated processors, the kernel's own work does not: with threads of one
 * process on both of them, four of ten starts of Node end in V8's "Check failed: it->second.Size() > offset".
 */
const PINNED = "[Service]\\nCPUAffinity=0\\n";
const NETWORK = "[Match]\\nName=en* eth*\\n[Network]\\nDHCP=ipv4\\nLinkLocalAddressing=no\\n";

/**
 * Makes the file tree of a Debian guest with systemd and sshd in `folder`, which root logs in to with `publicKey`.
 * Everything that takes long inside of an emulated guest (the initramfs above all) is done here.
 */
export async function makeGuestTree(folder: string, publicKey: string): Promise<void> {
  await makeDebianTree(folder, { suite: SUITE, packages: PACKAGES, hooks: hooks(publicKey.trim()) });
}

/** Shell commands that mmdebstrap runs with the tree's path as $1. */
function hooks(publicKey: string): string[] {
  const services = '"$1/etc/systemd/system/service.d"';
  const pinned = `mkdir ${services}; printf '${PINNED}' > ${services}/pinned.conf`;
  return [
    'echo guest > "$1/etc/hostname"; echo "127.0.0.1 localhost guest" > "$1/etc/hosts"',
    `mkdir -m 700 -p "$1/root/.ssh"; echo '${publicKey}' > "$1/root/.ssh/authorized_keys"`,
    'printf "LABEL=root / ext4 rw,errors=remount-ro 0 1\\n" > "$1/etc/fstab"',
    `mkdir -p "$1/etc/systemd/network"; printf '${NETWORK}' > "$1/etc/systemd/network/80.network"`,
    'systemctl --root="$1" --quiet enable systemd-networkd ssh',
    // Whoever needs it starts it.
    'systemctl --root="$1" --quiet disable postgresql',
    `systemctl --root="$1" --quiet mask ${MASKED.join(" ")}`,
    ...(isEmulated() ? [pinned] : []),
    'printf "UseDNS no\\nUsePAM no\\n" > "$1/etc/ssh/sshd_config.d/guest.conf"',
    ': > "$1/etc/machine-id"; chroot "$1" passwd -q -d root',
  ];
}
