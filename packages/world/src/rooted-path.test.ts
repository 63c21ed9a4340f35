import assert from "node:assert/strict";
import { test } from "node:test";
import { isRooted, rootedPath } from "./rooted-path.ts";

test("a path of Windows has slashes from the drive on, and a device of Windows is left as it is", () => {
  const inFolder = (path: string): string => rootedPath("C:\\Users\\Jo Ann", path);
  assert.equal(inFolder("home\\..\\agent"), "C:/Users/Jo Ann/agent");
  assert.equal(inFolder("C:\\ProgramData\\Leeward\\agent\\"), "C:/ProgramData/Leeward/agent");
  assert.equal(inFolder("D:/x/./y"), "D:/x/y");
  assert.equal(inFolder("\\x"), "C:/x");
  for (const device of ["\\\\.\\PhysicalDrive0", "\\\\.\\E:", "\\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy7"])
    assert.equal(inFolder(device), device);
  assert.equal(inFolder("\\\\server\\share\\a\\..\\b"), "\\\\server\\share\\b");
});

test("everywhere else a backslash is a character like others", () => {
  assert.equal(rootedPath("/srv", "a/../b"), "/srv/b");
  assert.equal(rootedPath("/srv", "C:\\x"), "/srv/C:\\x");
});

test("a root is known by either system's sign", () => {
  for (const path of ["/", "/srv", "C:/srv", "c:\\srv", "\\\\.\\E:", "\\\\server\\share"])
    assert.equal(isRooted(path), true, path);
  for (const path of ["", "srv", "C:", "C:srv", "\\srv", "./x"]) assert.equal(isRooted(path), false, path);
});
