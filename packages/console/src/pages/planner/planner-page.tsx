import { Page } from "../../parts/page.tsx";

export function PlannerPage() {
  return (
    <Page title="PlannerPage" commands={["leeward status"]}>
      {null}
    </Page>
  );
}
