import { Page } from "../../parts/page.tsx";

export function DrillsPage() {
  return (
    <Page title="DrillsPage" commands={["leeward status"]}>
      {null}
    </Page>
  );
}
