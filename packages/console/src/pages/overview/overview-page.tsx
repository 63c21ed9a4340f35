import { Page } from "../../parts/page.tsx";

export function OverviewPage() {
  return (
    <Page title="OverviewPage" commands={["leeward status"]}>
      {null}
    </Page>
  );
}
