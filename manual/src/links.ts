// That no link of the manual is dead. What leads out of it is not followed: a test that needs the world fails when the world does.
import { plainText, slugOf, walk, within } from "./markdown.ts";
import type { ManualPage } from "./pages.ts";

/** The addresses of a page's headings. */
export function anchorsOf({ tokens }: Pick<ManualPage, "tokens">): string[] {
  return tokens.flatMap((token) => (token.type === "heading" ? [slugOf(plainText(within(token)))] : []));
}

/** Every link of the pages that leads nowhere, and every anchor that stands twice on a page, as sentences. */
export function deadLinks(pages: readonly ManualPage[]): string[] {
  const anchors = new Map(pages.map((page) => [page.name, anchorsOf(page)]));
  const twice = [...anchors].flatMap(([name, all]) =>
    all.filter((anchor, at) => all.indexOf(anchor) !== at).map((anchor) => `${name} has #${anchor} twice`),
  );
  const dead = pages.flatMap((page) => {
    const links = [...walk(page.tokens)].flatMap((token) => (token.type === "link" ? [token.href] : []));
    return links.flatMap((href) => {
      if (/^https?:/.test(href)) return [];
      const [, file, anchor] = /^(?:([a-z-]+)\.md)?(?:#(.+))?$/.exec(href) ?? [];
      const target = anchors.get(file ?? page.name);
      const leads = (file ?? anchor) !== undefined && target !== undefined;
      return leads && (anchor === undefined || target.includes(anchor)) ? [] : [`${page.name} links to ${href}`];
    });
  });
  return [...twice, ...dead];
}
