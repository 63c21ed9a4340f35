// Parts of a page behind one another. Which one is seen stands in the address, so that it can be linked to and gone back to.
import { Badge, Tabs } from "@mantine/core";
import type { ReactNode } from "react";
import { useSearchParams } from "wouter";

export interface PageTab {
  /** In the address. */
  readonly key: string;
  readonly title: string;
  /** How many things on it wait for somebody; none is no mark. */
  readonly count?: number;
  readonly children: ReactNode;
}

export function PageTabs({ tabs, label }: { readonly tabs: readonly PageTab[]; readonly label: string }) {
  const [search, setSearch] = useSearchParams();
  const wanted = search.get("tab");
  const shown = tabs.find(({ key }) => key === wanted) ?? tabs[0];
  return (
    <Tabs
      value={shown?.key ?? null}
      onChange={(key) => setSearch(key === null ? {} : { tab: key })}
      keepMounted={false}
    >
      <Tabs.List mb="md" aria-label={label}>
        {tabs.map(({ key, title, count = 0 }) => (
          <Tabs.Tab
            key={key}
            value={key}
            rightSection={
              count > 0 ? (
                <Badge size="sm" color="red.8" circle={count < 10}>
                  {count}
                </Badge>
              ) : null
            }
          >
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map(({ key, children }) => (
        <Tabs.Panel key={key} value={key}>
          {children}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
