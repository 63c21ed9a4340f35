import { Page } from "../../parts/page.tsx";

export function PoliciesPage() {
  return (
    <Page title="PoliciesPage" commands={["leeward status"]}>
      {null}
    </Page>
  );
}
