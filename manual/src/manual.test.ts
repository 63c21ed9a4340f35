import assert from "node:assert/strict";
import { test } from "node:test";
import { commandLines, problemOf } from "./command-lines.ts";
import { commandFacts, leavesOf } from "./commands.ts";
import { faultEntries } from "./faults.ts";
import { deadLinks } from "./links.ts";
import { manPages } from "./man-pages.ts";
import { tokensOf } from "./markdown.ts";
import { manualPages } from "./pages.ts";
import { textOf } from "./repository.ts";
import { siteFiles } from "./site.ts";
import { stepsOf } from "./steps.ts";

const pages = await manualPages();
const program = commandFacts();

function pageOf(markdown: string) {
  return { name: "page", tokens: tokensOf(markdown) };
}

test("no link of the manual is dead, and no heading stands twice on a page", () => {
  assert.deepEqual(deadLinks(pages), []);
  const page = {
    title: "",
    summary: "",
    isWritten: true,
    ...pageOf("# A\n\n[b](#b) [c](c.md) [a](#a) [d](page.md#e)\n\n## A"),
  };
  assert.deepEqual(deadLinks([page]), [
    "page has #a twice",
    "page links to #b",
    "page links to c.md",
    "page links to page.md#e",
  ]);
});

test("what a fault without a remedy of its own names is a man page, and has every fault under its code", () => {
  const [, named = ""] = /`man (leeward-[a-z]+)/.exec(textOf("packages/base/src/fault.ts")) ?? [];
  const page = manPages(pages, "1.2.3").get(`man7/${named}.7`);
  assert.ok(page !== undefined, `${named} is a man page`);
  const lines = new Set(page.replaceAll("\\", "").split("\n"));
  for (const { code } of faultEntries()) assert.ok(lines.has(`.SS "${code}"`), code);
});

test("every command that the manual names is one, with its options", () => {
  const problems = pages.flatMap((page) =>
    commandLines(page).flatMap((line) => {
      const problem = problemOf(line, program);
      return problem === undefined ? [] : [`${page.name}: \`${line}\`: ${problem}`];
    }),
  );
  assert.deepEqual(problems, []);
  assert.equal(problemOf("leeward point sing", program), "leeward point has no command sing");
  assert.equal(problemOf("leeward point list web --sing", program), "leeward point list has no option --sing");
  assert.equal(problemOf("leeward point list web --json", program), undefined);
});

test("every command has a section, and so has every fault", () => {
  const headings = (name: string): Set<string> =>
    new Set(
      pages
        .find((page) => page.name === name)
        ?.tokens.flatMap((token) => (token.type === "heading" ? [token.text] : [])),
    );
  const commands = headings("commands");
  assert.deepEqual(
    leavesOf(program).filter(({ path }) => !commands.has(path)),
    [],
  );
  const faults = headings("faults");
  assert.deepEqual(
    faultEntries().filter(({ code }) => !faults.has(code)),
    [],
  );
});

test("the site asks nothing of elsewhere", () => {
  for (const [name, text] of siteFiles(pages, "1.2.3")) {
    assert.doesNotMatch(text, /<(?!a )[a-z]+ [^>]*(?:src|href)="(?:https?:)?\/\/|@import|url\(/, name);
    if (name.endsWith(".html")) assert.doesNotMatch(text, /<!--/, `${name} holds what is written for the test`);
  }
});

test("there is a man page of each command, and of each page", () => {
  const names = [...manPages(pages, "1.2.3").keys()];
  for (const { path } of program.commands) {
    const name = path.replace(" ", "-");
    assert.ok(names.includes(`man1/${name}.1`) || names.includes(`man8/${name}.8`), path);
  }
  for (const name of ["man1/leeward.1", "man7/leeward-faults.7", "man5/leeward-settings.5"])
    assert.ok(names.includes(name), name);
});

test("comments say of the block below them whether and how it is run", () => {
  const page = pageOf(
    "# A\n\n<!-- exit: 4 -->\n<!-- prints: no -->\n\n```sh\na\n```\n\n<!-- set: ID = b | c -->\n\n<!-- unseen\nd\n-->\n\n<!-- not run: it is day -->\n\n```sh\ne\n```\n\n```text\nf\n```\n",
  );
  assert.deepEqual(stepsOf(page), [
    { kind: "run", commands: "a", exit: 4, prints: ["no"], isSeen: true },
    { kind: "set", name: "ID", commands: "b | c" },
    { kind: "run", commands: "d", exit: 0, prints: [], isSeen: false },
    { kind: "not-run", commands: "e", reason: "it is day" },
  ]);
});

test("a block that would be passed over by mistake is refused", () => {
  const refused: readonly (readonly [RegExp, string])[] = [
    [/has no language/, "```\na\n```\n"],
    [/what is not known/, "<!-- not rum: a -->\n"],
    [/there comes none/, "<!-- exit: 4 -->\n"],
    [/there comes Text/, "<!-- exit: 4 -->\n\nText.\n\n```sh\na\n```\n"],
    [/inside of a list/, "- a\n\n  ```sh\n  b\n  ```\n"],
  ];
  for (const [said, text] of refused) assert.throws(() => stepsOf(pageOf(`# A\n\n${text}`)), said, text);
});
