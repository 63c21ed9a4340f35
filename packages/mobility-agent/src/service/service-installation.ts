// Puts the agent's service in place, and takes it away.
//
//   WinSW is the one that was named ─► what was there: stopped, taken out, its files kept beside ─► new files ─► installed ─► started ─► the agent is up
//                                                                                        any fault in between ─► taken out ─► what was there, as it was
//
// Invariant: when it fails, the machine has the service that it had before, running if it ran. The agent's home is no part of this.
import { createHash } from "node:crypto";
import { Fault, isFault } from "@leeward/base";
import { type Clock, type Files, readFile, replaceFile } from "@leeward/world";
import type { ServiceState, ServiceWrapper } from "./service-wrapper.ts";
import { SERVICE_ID } from "./winsw-definition.ts";

const WRAPPER_BYTES_MAX = 64 * 1024 * 1024;
/** The agent is waited for so long after its service has started, milliseconds. */
const UP_MS_MAX = 60_000;
const LOOK_MS = 250;

export interface InstallationOptions {
  readonly files: Files;
  readonly clock: Clock;
  readonly wrapper: ServiceWrapper;
  /** Where WinSW and its definition lie. */
  readonly folder: string;
  /** WinSW's executable as it was brought, and the digest that it must have: SHA-256 in hexadecimal. */
  readonly winsw: { readonly path: string; readonly sha256: string };
  /** For WinSW. */
  readonly definition: string;
  /** Whether the agent says that it is usable. */
  readonly isUp: () => Promise<boolean>;
}

/** @throws Fault `winsw-refused`, `service-not-started`, and of the file system; then all is as it was */
export async function installService(options: InstallationOptions, signal: AbortSignal): Promise<void> {
  const { files, folder, wrapper } = options;
  const content = await checkedWrapper(options);
  await files.makeFolder(folder);
  const before = await wrapper.state();
  try {
    await takeOut(wrapper);
    await setAside(options);
    await replaceFile(files, folder, `${SERVICE_ID}.exe`, content);
    await replaceFile(files, folder, `${SERVICE_ID}.xml`, new TextEncoder().encode(options.definition));
    await wrapper.install();
    await wrapper.start();
    await waitUntilUp(options, signal);
  } catch (error) {
    await takeOut(wrapper).catch(() => undefined);
    await putBack(options, before);
    throw error;
  }
  await removeAside(options);
}

/** Takes the service away with its files; nothing when there is none. */
export async function removeService({
  files,
  folder,
  wrapper,
}: Pick<InstallationOptions, "files" | "folder" | "wrapper">): Promise<void> {
  await takeOut(wrapper);
  for (const name of NAMES) await removeIfThere(files, `${folder}/${name}`);
}

const NAMES = [`${SERVICE_ID}.exe`, `${SERVICE_ID}.xml`] as const;

async function checkedWrapper({ files, winsw }: InstallationOptions): Promise<Uint8Array> {
  const content = await readFile(files, winsw.path, WRAPPER_BYTES_MAX);
  const found = createHash("sha256").update(content).digest("hex");
  if (found === winsw.sha256.toLowerCase()) return content;
  throw new Fault({
    code: "winsw-refused",
    kind: "operator",
    message: `${winsw.path} is not the WinSW that was named: its SHA-256 is ${found}.`,
    remedy: "Fetch it again from WinSW's own releases, and compare with the digest that they give.",
    detail: { path: winsw.path, found },
  });
}

async function takeOut(wrapper: ServiceWrapper): Promise<void> {
  const state = await wrapper.state();
  if (state === "running") await wrapper.stop();
  if (state !== "absent") await wrapper.uninstall();
}

/** The files of the service that was there get other names. */
async function setAside({ files, folder }: InstallationOptions): Promise<void> {
  for (const name of NAMES) {
    const path = `${folder}/${name}`;
    // An installation that was killed has left them: what lies there now is of that one.
    if ((await files.status(`${path}.before`)) !== undefined) await removeIfThere(files, path);
    else if ((await files.status(path)) !== undefined) await files.rename(path, `${path}.before`);
  }
}

async function putBack({ files, folder, wrapper }: InstallationOptions, before: ServiceState): Promise<void> {
  for (const name of NAMES) {
    const path = `${folder}/${name}`;
    const isAside = (await files.status(`${path}.before`)) !== undefined;
    if (isAside || before === "absent") await removeIfThere(files, path);
    if (isAside) await files.rename(`${path}.before`, path);
  }
  if (before === "absent") return;
  if ((await wrapper.state()) === "absent") await wrapper.install();
  if (before === "running") await wrapper.start();
}

async function removeAside({ files, folder }: InstallationOptions): Promise<void> {
  for (const name of NAMES) await removeIfThere(files, `${folder}/${name}.before`);
}

async function removeIfThere(files: Files, path: string): Promise<void> {
  if ((await files.status(path)) !== undefined) await files.remove(path);
}

async function waitUntilUp({ clock, isUp, wrapper }: InstallationOptions, signal: AbortSignal): Promise<void> {
  const until = clock.monotonicMicros() + UP_MS_MAX * 1_000;
  while (!(await isUp())) {
    if (clock.monotonicMicros() >= until || (await wrapper.state().catch(stateUnknown)) === "absent")
      throw notStarted();
    await clock.sleep(LOOK_MS, signal);
  }
}

/** It is asked again. */
function stateUnknown(error: unknown): undefined {
  if (!isFault(error)) throw error;
}

function notStarted(): Fault {
  return new Fault({
    code: "service-not-started",
    kind: "operator",
    message: "The service was started, and the agent was not up in time; what was there before is in place again.",
    remedy: "Read the agent's trace in its home, and Windows' event log; then install it again.",
  });
}
