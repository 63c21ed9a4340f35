import { isWindows } from "@leeward/world";

const GENERIC_READ = 0x8000_0000;
const FILE_SHARE_ALL = 0x7;
const OPEN_EXISTING = 3;
const FILE_FLAG_NO_BUFFERING = 0x2000_0000;
const ANSWER_BYTES = 64 * 1024;

/** What an error of Windows is called where only its name counts. */
const ERRNO: Readonly<Record<number, string>> = {
  2: "ENOENT",
  3: "ENOENT",
  5: "EACCES",
  15: "ENOENT",
  21: "ENOMEDIUM",
  32: "EBUSY",
  33: "EBUSY",
  1112: "ENOMEDIUM",
};

/** An open drive, volume or file; nobody is kept from it. */
export type WindowsHandle = bigint;

/** The few calls of Windows that Node does not have. */
export interface WindowsCalls {
  /**
   * Opens a drive (`\\.\PhysicalDrive0`), volume or file; `read` past the cache (whole sectors, into memory that lies on one), `ask` for questions alone, which
   * needs no right on it. @throws an error with `code` as Node's have it
   */
  open(path: string, access: "read" | "ask"): WindowsHandle;
  close(handle: WindowsHandle): void;
  /** Asks a device with DeviceIoControl; undefined where it knows no answer. */
  ask(handle: WindowsHandle, code: number, question?: Uint8Array): Uint8Array | undefined;
  /** Reads once, off the event loop, which at most 32 may be at once; 0 behind the end. @throws an error with the status as `code` */
  read(handle: WindowsHandle, offset: number, target: Uint8Array): Promise<number>;
  /** One bit for each letter of a volume, from A on. */
  logicalDrives(): number;
}

let loading: Promise<WindowsCalls> | undefined;

/** Loads koffi and kernel32 at the first call; undefined on every other system. */
export function windowsCalls(): Promise<WindowsCalls> | undefined {
  if (!isWindows) return undefined;
  loading ??= load();
  return loading;
}

type Read = {
  async(
    handle: WindowsHandle,
    event: null,
    routine: null,
    context: null,
    status: bigint[],
    target: Uint8Array,
    length: number,
    offset: bigint[],
    key: null,
    done: (error: unknown, status: number) => void,
  ): void;
};

const STATUS_SUCCESS = 0;
const STATUS_END_OF_FILE = 0xc000_0011;
const INVALID_HANDLE = 0xffff_ffff_ffff_ffffn;

async function load(): Promise<WindowsCalls> {
  const { default: koffi } = await import("koffi");
  const kernel = koffi.load("kernel32.dll");
  const native = koffi.load("ntdll.dll");
  const createFile: (...args: readonly unknown[]) => number | bigint = kernel.func(
    "uintptr_t __stdcall CreateFileW(str16 name, uint32_t access, uint32_t share, void *security, uint32_t how, uint32_t flags, void *template)",
  );
  const closeHandle: (handle: WindowsHandle) => number = kernel.func("int __stdcall CloseHandle(uintptr_t handle)");
  const control: (...args: readonly unknown[]) => number = kernel.func(
    "int __stdcall DeviceIoControl(uintptr_t handle, uint32_t code, const void *question, uint32_t questionBytes, _Out_ uint8_t *answer, uint32_t answerBytes, _Out_ uint32_t *returned, void *overlapped)",
  );
  const lastError: () => number = kernel.func("uint32_t __stdcall GetLastError()");
  const logicalDrives: () => number = kernel.func("uint32_t __stdcall GetLogicalDrives()");
  const read: Read = native.func(
    "uint32_t __stdcall NtReadFile(uintptr_t handle, void *event, void *routine, void *context, _Out_ uint64_t *status, uint8_t *target, uint32_t length, uint64_t *offset, void *key)",
  );
  return {
    open(path, access) {
      const [rights, flags] = access === "read" ? [GENERIC_READ, FILE_FLAG_NO_BUFFERING] : [0, 0];
      const handle = BigInt(createFile(path, rights, FILE_SHARE_ALL, null, OPEN_EXISTING, flags, null));
      if (handle !== INVALID_HANDLE) return handle;
      const error = lastError();
      throw Object.assign(new Error(`Windows says error ${error} of ${path}`), {
        code: ERRNO[error] ?? `ERROR ${error}`,
      });
    },
    close: (handle) => void closeHandle(handle),
    ask(handle, code, question) {
      const answer = new Uint8Array(ANSWER_BYTES);
      const returned = [0];
      const said = control(
        handle,
        code,
        question ?? null,
        question?.length ?? 0,
        answer,
        answer.length,
        returned,
        null,
      );
      return said === 0 ? undefined : answer.subarray(0, returned[0]);
    },
    async read(handle, offset, target) {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      const outcome = [0n, 0n];
      const done = (error: unknown, status: number): void =>
        error === null || error === undefined ? resolve(status) : reject(error);
      read.async(handle, null, null, null, outcome, target, target.length, [BigInt(offset)], null, done);
      const status = await promise;
      if (status === STATUS_END_OF_FILE) return 0;
      if (status !== STATUS_SUCCESS) throw Object.assign(new Error(`status ${hex(status)}`), { code: hex(status) });
      return Number(outcome[1]);
    },
    logicalDrives,
  };
}

function hex(status: number): string {
  return `0x${status.toString(16)}`;
}
