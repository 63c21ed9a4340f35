import assert from "node:assert/strict";
import { test } from "node:test";
import { foreignAccess } from "./windows-access.ts";

const NOBODY: ReadonlySet<string> = new Set();
const INSTALLER = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464";
const reason = (sddl: string, what: Parameters<typeof foreignAccess>[1]): string | undefined =>
  foreignAccess(sddl, what, NOBODY);

test("what install.ps1 makes, and the folders above it as Windows has them, can be exchanged by nobody else", () => {
  assert.equal(reason("O:SYG:SYD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)", "folder"), undefined);
  assert.equal(reason("O:BAG:SYD:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)", "file"), undefined);
  // C:\ProgramData: users may make files of their own there, and exchange nobody's.
  const programData =
    "O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICIIO;GA;;;CO)(A;OICI;0x1200a9;;;BU)(A;CI;DCLCRPCR;;;BU)";
  assert.equal(reason(programData, "above"), undefined);
  assert.match(reason(programData, "folder") ?? "", /BU may change it/);
  // C:\ itself.
  const root = `O:${INSTALLER}G:${INSTALLER}D:PAI(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICI;0x1200a9;;;BU)(A;OICIIO;SDGXGWGR;;;AU)(A;;LC;;;AU)`;
  assert.equal(reason(root, "above"), undefined);
});

test("whoever else may write, delete, or give itself the right to, is named", () => {
  for (const rights of ["FA", "FW", "GA", "GW", "DC", "LC", "SD", "WD", "WO", "0x1301bf", "0x10000000", "0x40000000"])
    assert.equal(reason(`O:BAD:(A;;${rights};;;BU)`, "file"), "BU may change it", rights);
  assert.equal(reason("O:BAD:(A;;DT;;;BU)", "above"), "BU may change it");
  for (const rights of ["FR", "FX", "GR", "0x1200a9", "RC", "CCSWLORC"])
    assert.equal(reason(`O:BAD:(A;;${rights};;;BU)`, "file"), undefined, rights);
});

test("another owner, no list, an unknown right, a conditional entry and what is no descriptor are reasons; who is trusted beside is none", () => {
  const user = "S-1-5-21-1-2-3-1001";
  assert.equal(reason(`O:${user}D:(A;;FA;;;SY)`, "file"), `it belongs to ${user}`);
  assert.equal(foreignAccess(`O:${user}D:(A;;FA;;;${user})`, "file", new Set([user])), undefined);
  assert.equal(reason("O:BAG:BA", "file"), "it has no access list");
  assert.equal(reason("O:BAD:NO_ACCESS_CONTROL", "file"), "it has no access list");
  assert.equal(reason("O:BAD:(A;;QQ;;;BU)", "file"), "BU may change it");
  assert.equal(reason("O:BAD:(XA;;FA;;;BU)", "file"), "BU may change it");
  assert.equal(reason("O:BAD:(D;;FA;;;BU)(AU;SA;FA;;;WD)", "file"), undefined);
  assert.equal(reason("", "file"), "its owner cannot be told");
});
