import { Page } from "../../parts/page.tsx";

export function AlertsPage() {
  return (
    <Page title="AlertsPage" commands={["leeward status"]}>
      {null}
    </Page>
  );
}
