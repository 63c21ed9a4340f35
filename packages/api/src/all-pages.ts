/** One page, as every list of the API answers. */
interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/**
 * The whole list, page after page: `await allPages((page) => client.listJobs({ query: { state: "running", ...page } }))`. What comes or goes
 * meanwhile is in it or not; what stays is in it once.
 */
export async function allPages<T>(
  ask: (page: { readonly after?: string }) => Promise<Page<T>>,
): Promise<{ items: T[] }> {
  const items: T[] = [];
  let after: string | null = null;
  do {
    // Nothing is said of the first page: a server of an older release knows no pages, and answers with all.
    const page: Page<T> = await ask(after === null ? {} : { after });
    items.push(...page.items);
    after = page.next;
  } while (after !== null);
  return { items };
}
