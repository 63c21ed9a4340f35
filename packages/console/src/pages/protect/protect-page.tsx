import { Page } from "../../parts/page.tsx";

export function ProtectPage() {
  return (
    <Page title="ProtectPage" commands={["leeward status"]}>
      {null}
    </Page>
  );
}
