import { Page } from "../../parts/page.tsx";

export function PlansPage() {
  return (
    <Page title="PlansPage" commands={["leeward status"]}>
      {null}
    </Page>
  );
}
