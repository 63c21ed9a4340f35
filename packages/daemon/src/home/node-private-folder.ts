import { existsSync, mkdirSync } from "node:fs";
import { Fault } from "@leeward/base";
import { isWindows } from "@leeward/world";

/** Full control for SYSTEM and Administrators, for all that is in the folder too; nothing from the folders above (SDDL). */
const PRIVATE = "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)";
const SDDL_REVISION = 1;
const DACL_SECURITY_INFORMATION = 4;
/** Says that the list is the whole one: nothing is inherited. */
const PROTECTED_DACL_SECURITY_INFORMATION = 0x8000_0000;

/**
 * Makes a folder that nobody but the system's own users may look into: mode 0700, or on Windows an access list of SYSTEM and Administrators alone. One that is
 * there keeps the rights that its owner gave it. What is made in it later inherits them.
 * @throws Fault `file-denied` on Windows, where the access list cannot be set; then there is no folder
 */
export async function makePrivateFolder(path: string): Promise<void> {
  if (!isWindows) return void mkdirSync(path, { recursive: true, mode: 0o700 });
  if (existsSync(path)) return;
  mkdirSync(path, { recursive: true });
  await limitAccess(path);
}

/** On Windows, takes a folder from everybody but SYSTEM and Administrators. @throws Fault `file-denied` */
export async function limitAccess(path: string): Promise<void> {
  const { default: koffi } = await import("koffi");
  const library = koffi.load("advapi32.dll");
  const descriptorOf: (text: string, revision: number, descriptor: bigint[], bytes: null) => number = library.func(
    "int __stdcall ConvertStringSecurityDescriptorToSecurityDescriptorW(str16 text, uint32_t revision, _Out_ uintptr_t *descriptor, void *bytes)",
  );
  const setSecurity: (path: string, what: number, descriptor: bigint) => number = library.func(
    "int __stdcall SetFileSecurityW(str16 path, uint32_t what, uintptr_t descriptor)",
  );
  const free: (memory: bigint) => bigint = koffi
    .load("kernel32.dll")
    .func("uintptr_t __stdcall LocalFree(uintptr_t memory)");
  const descriptor = [0n];
  const isMade = descriptorOf(PRIVATE, SDDL_REVISION, descriptor, null) !== 0;
  const [made = 0n] = descriptor;
  try {
    const what = (DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION) >>> 0;
    if (!isMade || setSecurity(path, what, made) === 0) throw notPrivate(path);
  } finally {
    if (isMade) free(made);
  }
}

function notPrivate(path: string): Fault {
  return new Fault({
    code: "file-denied",
    kind: "operator",
    message: `${path} cannot be kept from other users.`,
    remedy: "Run it as Administrator, and let the folder lie on NTFS or ReFS.",
    detail: { path },
  });
}
