import { Page } from "../../parts/page.tsx";

export function FailoversPage() {
  return (
    <Page title="FailoversPage" commands={["leeward status"]}>
      {null}
    </Page>
  );
}
