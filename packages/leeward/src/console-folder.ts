import { fileURLToPath } from "node:url";

/** Where the console's files lie: in a checkout where it is built, in a release beside the program. */
const CONSOLE_FOLDER = "../../console/dist";

export function consoleFolder(): string {
  return fileURLToPath(new URL(CONSOLE_FOLDER, import.meta.url));
}
