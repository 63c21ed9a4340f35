/** Whether this process runs on Windows: asked where the two systems have different means for one matter, and nowhere else. */
export const isWindows = process.platform === "win32";
