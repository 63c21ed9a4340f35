import assert from "node:assert/strict";
import { test } from "node:test";
import { ownFolders, refuseOwn } from "./own-folders.ts";

test("a path in the home or in the store's folder is refused, however it is written; others are not", () => {
  const folders = ownFolders("/srv/mt", "file:///srv/store");
  for (const path of [
    "/srv/mt",
    "/srv/mt/journal/a",
    "/srv//mt/./x",
    "/out/../srv/mt/x",
    "/srv/store/a",
    "/srv/mt/saved",
    "/srv/mt/saved/../x",
  ])
    assert.throws(() => refuseOwn(folders, path), { code: "path-own", kind: "operator" }, path);
  for (const path of [
    "/srv/mt2",
    "/srv/disk.raw",
    "/srv/mt/../disk.raw",
    "/srv/mt/saved/disk.raw",
    "/dev/sdb",
    "/srv/stores",
  ])
    refuseOwn(folders, path);
  const saved = "/srv/mt/saved";
  assert.deepEqual(ownFolders("/srv/mt", "azure://a/b/c"), { folders: ["/srv/mt"], saved });
  assert.deepEqual(ownFolders("/srv/mt", undefined), { folders: ["/srv/mt"], saved });
});
