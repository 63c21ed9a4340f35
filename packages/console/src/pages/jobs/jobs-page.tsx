import { Page } from "../../parts/page.tsx";

export function JobsPage() {
  return (
    <Page title="JobsPage" commands={["leeward status"]}>
      {null}
    </Page>
  );
}
