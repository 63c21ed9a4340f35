import { viewOf } from "@leeward/base";

const AF_UNIX = 1;
const SOCK_DGRAM_CLOEXEC = 0o2 | 0o2000000;
const MSG_NOSIGNAL = 0x4000;
const PATH_BYTES_MAX = 108;

/** Tells the service manager how the daemon is. Does nothing where there is none to tell. */
export interface ServiceNotice {
  /** One state as sd_notify(3) has it: "READY=1", "STOPPING=1", "WATCHDOG=1". */
  tell(state: string): void;
  /** How often "WATCHDOG=1" is to be told, milliseconds; undefined when nobody waits for it. */
  readonly watchdogEveryMs: number | undefined;
}

export interface ServiceEnvironment {
  readonly NOTIFY_SOCKET?: string | undefined;
  readonly WATCHDOG_USEC?: string | undefined;
}

const NOBODY: ServiceNotice = { tell: () => undefined, watchdogEveryMs: undefined };

/** The protocol of sd_notify(3) over the C library's own sockets: Node has no Unix datagrams. */
export async function serviceNotice(environment: ServiceEnvironment): Promise<ServiceNotice> {
  const path = environment.NOTIFY_SOCKET ?? "";
  if (path === "" || Buffer.byteLength(path) >= PATH_BYTES_MAX) return NOBODY;
  const { default: koffi } = await import("koffi");
  const library = koffi.load(null);
  const socket: (family: number, type: number, protocol: number) => number = library.func(
    "int socket(int family, int type, int protocol)",
  );
  const connect: (fd: number, to: Uint8Array, toBytes: number) => number = library.func(
    "int connect(int fd, const void *to, unsigned int toBytes)",
  );
  const send: (fd: number, bytes: Uint8Array, length: number, flags: number) => number = library.func(
    "long send(int fd, const void *bytes, unsigned long length, int flags)",
  );
  const fd = socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
  const address = addressOf(path);
  if (fd < 0 || connect(fd, address, address.length) < 0) return NOBODY;
  const watchdogMs = Number(environment.WATCHDOG_USEC ?? Number.NaN) / 1_000;
  return {
    tell(state) {
      const bytes = new TextEncoder().encode(state);
      // A manager that does not listen is its own problem, not a reason to stop protecting disks.
      send(fd, bytes, bytes.length, MSG_NOSIGNAL);
    },
    watchdogEveryMs: Number.isFinite(watchdogMs) && watchdogMs > 0 ? Math.floor(watchdogMs / 2) : undefined,
  };
}

/** struct sockaddr_un: family (2 bytes, the machine's order), path; "@" at its start stands for the abstract namespace's zero byte. */
function addressOf(path: string): Uint8Array {
  const bytes = new TextEncoder().encode(path);
  const abstract = path.startsWith("@");
  const address = new Uint8Array(2 + bytes.length + (abstract ? 0 : 1));
  viewOf(address).setUint16(0, AF_UNIX, true);
  address.set(bytes, 2);
  if (abstract) address[2] = 0;
  return address;
}
