import { PAGES, textOf } from "./repository.ts";

/** A page as a file of its own, for whoever has nothing else: without what is written for the test, and with man pages in the place of links. */
export function plainPage(name: string): string {
  return textOf(`${PAGES}/${name}.md`)
    .replaceAll(/<!--[\s\S]*?-->\n*/g, "")
    .replaceAll(/\[([^\]]+)\]\(([a-z-]+)\.md(?:#[^)]+)?\)/g, "$1 (`man 7 leeward-$2`)");
}
