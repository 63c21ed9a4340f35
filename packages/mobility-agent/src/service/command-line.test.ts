import assert from "node:assert/strict";
import { test } from "node:test";
import { commandLine, quotedArgument } from "./command-line.ts";

/** As «Parsing C++ command-line arguments» says that Windows' programs cut a command line up. */
function cutUp(line: string): string[] {
  const args: string[] = [];
  let at = 0;
  while (at < line.length) {
    while (line[at] === " " || line[at] === "\t") at += 1;
    if (at >= line.length) break;
    let text = "";
    let quoted = false;
    for (; at < line.length && (quoted || (line[at] !== " " && line[at] !== "\t")); at += 1) {
      let backslashes = 0;
      while (line[at + backslashes] === "\\") backslashes += 1;
      if (line[at + backslashes] === '"') {
        text += "\\".repeat(Math.floor(backslashes / 2));
        at += backslashes;
        if (backslashes % 2 === 1) text += '"';
        else quoted = !quoted;
      } else if (backslashes > 0) {
        text += "\\".repeat(backslashes);
        at += backslashes - 1;
      } else text += line[at] ?? "";
    }
    args.push(text);
  }
  return args;
}

test("what is written is what arrives: spaces, quotes, backslashes at the end, letters of any script, nothing at all", () => {
  const pieces = ["a", " ", "\\", '"', "\t", "ü", "日", "\\\\", "'", "&", "^"];
  const words = pieces.flatMap((one) => pieces.flatMap((two) => pieces.map((three) => one + two + three)));
  assert.deepEqual(cutUp(commandLine(words)), words);
  assert.deepEqual(cutUp(commandLine(["", "C:\\Program Files\\", ""])), ["", "C:\\Program Files\\", ""]);
});

test("what needs no quotes has none", () => {
  assert.equal(quotedArgument("C:\\Leeward\\"), "C:\\Leeward\\");
  assert.equal(quotedArgument("C:\\Program Files\\"), '"C:\\Program Files\\\\"');
});
