// What QEMU's `info usernet` says of a machine's own networks: a line for each forwarded port, and for each connection over one.

/** Forwarded port of the guest → port of this host's loopback, from QEMU's `info usernet`. */
export function forwardedPorts(said: string): Map<number, number> {
  const line = /TCP\[HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)\s+\S+\s+(\d+)/g;
  return new Map([...said.matchAll(line)].map((match) => [Number(match[2]), Number(match[1])]));
}

/** Whether the guest's side of a forwarded connection to the port was set up, and lasts; from QEMU's `info usernet`. */
export function hasConnection(said: string, guestPort: number): boolean {
  const line = /TCP\[(?:ESTABLISHED|CLOSE_WAIT)\]\s+\d+\s+127\.0\.0\.1\s+\d+\s+\S+\s+(\d+)/g;
  return [...said.matchAll(line)].some((match) => Number(match[1]) === guestPort);
}
