/** Every block of the manual that is not run, in the order in which its pages are run: the page, and the reason that stands beside it there. */
export const NOT_RUN: readonly string[] = [
  "quick-start: installs packages on the machine that tests run on; done in a container by test/src/systemd/packages.test.ts",
  "quick-start: installs packages on the machine that tests run on; done in a container by test/src/systemd/packages.test.ts",
  "quick-start: needs a block device of its own whose changes the kernel tells; done by test/src/live/one-disk.test.ts",
  "install: installs packages on the machine that tests run on; done in a container by test/src/systemd/packages.test.ts",
  "install: needs machines with an SSH server; done by test/src/push/five-machines.test.ts",
  "install: installs services on the machine that tests run on; done by test/src/release/packages.test.ts and in a guest",
  "install: sets the owner of a file in /etc; the same is done by the pages of lost servers",
  "tasks: changes how the machine boots; done in a guest by test/src/guest/reboot.full.test.ts",
  "tasks: needs a hypervisor and a system that boots; done by test/src/e2e/drill.test.ts",
  "tasks: the pages after this one restore a backup from before; run by test/src/cli/cli.test.ts",
  "tasks: needs a daemon that was off while the authority changed; done by packages/config-server/src/trust/rotation.test.ts",
  "tasks: the pages after this one need the machine; run by test/src/cli/cli.test.ts",
  "failover: needs a hypervisor and a system that boots; done by test/src/e2e/failover.test.ts",
  "failover: the machine is failed over already on this page; run by test/src/cli/failover-commands-check.ts",
  "failback: needs a second block device of the machine; done by test/src/e2e/new-disk.test.ts",
  "failback: needs a second host in the place of the machine; done by test/src/e2e/another-host.test.ts",
];
