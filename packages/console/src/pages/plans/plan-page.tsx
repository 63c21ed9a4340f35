import { Page } from "../../parts/page.tsx";

export function PlanPage() {
  return (
    <Page title="PlanPage" commands={["leeward status"]}>
      {null}
    </Page>
  );
}
