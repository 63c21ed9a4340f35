import type { RecoveryPlan } from "@leeward/api";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useLocation, useParams } from "wouter";
import { useAction, useAnswer } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { Page } from "../../parts/page.tsx";
import { PageTabs } from "../../parts/page-tabs.tsx";
import { Permitted } from "../../parts/permitted.tsx";
import { useText } from "../../text/language.tsx";
import { NewPlan, StoredPlan } from "./plan-editor.tsx";
import { PlanRunForm } from "./plan-run-form.tsx";
import { PlanRuns } from "./plan-runs.tsx";
import { TEXTS } from "./texts.ts";

export function PlanPage() {
  const { plan } = useParams();
  return plan === undefined ? <NewPlanPage /> : <StoredPlanPage name={plan} />;
}

function NewPlanPage() {
  const text = useText(TEXTS);
  return (
    <Page title={text.newTitle} lead={text.lead} commands={["leeward plan create PLAN --file FILE"]}>
      <Permitted calls="createRecoveryPlan">
        <NewPlan />
      </Permitted>
    </Page>
  );
}

function StoredPlanPage({ name }: { readonly name: string }) {
  const text = useText(TEXTS);
  const plan = useAnswer("showRecoveryPlan", { params: { plan: name } });
  return (
    <Page
      title={text.planTitle(name)}
      lead={plan.data?.description === "" ? undefined : plan.data?.description}
      actions={plan.data !== undefined && <RemovePlan plan={plan.data} />}
      commands={[
        `leeward plan show ${name}`,
        `leeward plan edit ${name} --file FILE`,
        `leeward plan dry-run ${name} --kind test`,
        `leeward plan run ${name} --kind test`,
        `leeward plan remove ${name}`,
      ]}
    >
      <Answered answer={plan}>
        {(known) => (
          <PageTabs
            label={text.tabs}
            tabs={[
              { key: "run", title: text.tabRun, children: <PlanRunForm plan={known} /> },
              { key: "edit", title: text.tabEdit, children: <StoredPlan name={known.name} /> },
              { key: "runs", title: text.tabRuns, children: <PlanRuns plan={known.name} /> },
            ]}
          />
        )}
      </Answered>
    </Page>
  );
}

function RemovePlan({ plan }: { readonly plan: RecoveryPlan }) {
  const text = useText(TEXTS);
  const [, go] = useLocation();
  const remove = useAction("removeRecoveryPlan");
  const [isAsked, setAsked] = useState(false);
  return (
    <>
      <ActionButton size="sm" calls="removeRecoveryPlan" onClick={() => setAsked(true)}>
        {text.remove}
      </ActionButton>
      <Confirm
        opened={isAsked}
        close={() => setAsked(false)}
        title={text.removeTitle}
        action={text.remove}
        typed={plan.name}
        danger
        isRunning={remove.isRunning}
        run={async () => {
          if ((await remove.run({ params: { plan: plan.id } })) === undefined) return;
          notifications.show({ message: text.removed(plan.name) });
          go("/plans");
        }}
      >
        {text.removeWhat(plan.name)}
      </Confirm>
    </>
  );
}
