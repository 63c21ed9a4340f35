import { Page } from "../../parts/page.tsx";

export function FailoverPage() {
  return (
    <Page title="FailoverPage" commands={["leeward status"]}>
      {null}
    </Page>
  );
}
