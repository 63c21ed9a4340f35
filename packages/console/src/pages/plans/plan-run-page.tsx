import { Page } from "../../parts/page.tsx";

export function PlanRunPage() {
  return (
    <Page title="PlanRunPage" commands={["leeward status"]}>
      {null}
    </Page>
  );
}
