import { Page } from "../../parts/page.tsx";

export function MachinesPage() {
  return (
    <Page title="MachinesPage" commands={["leeward status"]}>
      {null}
    </Page>
  );
}
