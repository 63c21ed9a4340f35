import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault } from "@leeward/base";
import { winswDefinition } from "./winsw-definition.ts";

const PROGRAM = "C:/Program Files/Größe & Söhne";

function definition(home: string): string {
  return winswDefinition({ program: PROGRAM, script: `${PROGRAM}/app-1/main.js`, home });
}

test("paths with spaces, ampersands and letters of any script stand in the definition so that WinSW and Windows read them back", () => {
  const xml = definition("D:/Daten 日本/agent/");
  assert.match(xml, /<executable>C:\\Program Files\\Größe &amp; Söhne\\node\.exe<\/executable>/);
  assert.match(
    xml,
    /"C:\\Program Files\\Größe &amp; Söhne\\app-1\\main\.js" agent start --home "D:\\Daten 日本\\agent"</,
  );
  assert.match(xml, /<logpath>D:\\Daten 日本\\agent\\trace<\/logpath>/);
});

test("a drive's root keeps its backslash, doubled where a quote follows it", () => {
  assert.match(definition("E:/"), /--home E:\\</);
});

test("a stop has longer than the agent may drain, and a fault starts it again", () => {
  const xml = definition("C:/h");
  assert.match(xml, /<stoptimeout>45 sec<\/stoptimeout>/);
  assert.equal(xml.match(/<onfailure action="restart"/g)?.length, 3);
  assert.match(xml, /<delayedAutoStart>true<\/delayedAutoStart>/);
});

test("what WinSW would put a variable in the place of, and what no path of Windows has, is refused", () => {
  for (const home of ["C:/%TEMP%/agent", 'C:/a"b', "C:/a<b", "C:/a\nb", "C:/a?b"])
    assert.throws(
      () => definition(home),
      (error) => isFault(error, "service-path-invalid"),
      home,
    );
});
