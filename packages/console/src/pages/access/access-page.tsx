import { Page } from "../../parts/page.tsx";

export function AccessPage() {
  return (
    <Page title="AccessPage" commands={["leeward status"]}>
      {null}
    </Page>
  );
}
