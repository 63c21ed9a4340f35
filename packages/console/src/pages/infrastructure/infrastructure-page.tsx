import { Page } from "../../parts/page.tsx";

export function InfrastructurePage() {
  return (
    <Page title="InfrastructurePage" commands={["leeward status"]}>
      {null}
    </Page>
  );
}
