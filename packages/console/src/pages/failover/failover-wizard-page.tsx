import { Page } from "../../parts/page.tsx";

export function FailoverWizardPage() {
  return (
    <Page title="FailoverWizardPage" commands={["leeward status"]}>
      {null}
    </Page>
  );
}
