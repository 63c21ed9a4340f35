import { Page } from "../../parts/page.tsx";

export function MachinePage() {
  return (
    <Page title="MachinePage" commands={["leeward status"]}>
      {null}
    </Page>
  );
}
