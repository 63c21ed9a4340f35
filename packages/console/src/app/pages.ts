// Every page of the console, in the order of the navigation. A page's code is fetched when it is first gone to.
import {
  IconAdjustments,
  IconBell,
  IconCalculator,
  IconClipboardCheck,
  IconHierarchy3,
  IconHistory,
  IconLayoutDashboard,
  IconListCheck,
  IconRoute,
  IconServer,
  IconSettings,
  IconShieldPlus,
  IconUsers,
} from "@tabler/icons-react";
import { type ComponentType, lazy } from "react";
import { type Texts, textsOf } from "../text/language.tsx";

export interface ConsolePage {
  /** The first is the navigation's; `:name` is a part that the page reads by wouter's useParams. */
  readonly paths: readonly [string, ...string[]];
  readonly name: Texts<string>;
  readonly Icon: typeof IconServer;
  readonly Page: ComponentType;
  readonly inNavigation: boolean;
}

const named = textsOf({
  en: {
    overview: "Overview",
    machines: "Machines",
    protect: "Enable protection",
    failover: "Failover",
    plans: "Recovery plans",
    drills: "Drills",
    policies: "Policies",
    jobs: "Jobs",
    alerts: "Alerts",
    events: "Events",
    map: "Infrastructure",
    planner: "Planner",
    access: "Access",
    settings: "Settings",
  },
  ko: {
    overview: "개요",
    machines: "컴퓨터",
    protect: "보호 사용",
    failover: "장애 조치",
    plans: "복구 계획",
    drills: "훈련",
    policies: "정책",
    jobs: "작업",
    alerts: "경고",
    events: "이벤트",
    map: "인프라",
    planner: "용량 계획",
    access: "접근 권한",
    settings: "설정",
  },
});

type PageName = keyof typeof named.en;

function page(
  name: PageName,
  of: Omit<ConsolePage, "name" | "inNavigation"> & { readonly hidden?: boolean },
): ConsolePage {
  return { ...of, name: { en: named.en[name], ko: named.ko[name] }, inNavigation: of.hidden !== true };
}

export const PAGES: readonly ConsolePage[] = [
  page("overview", {
    paths: ["/"],
    Icon: IconLayoutDashboard,
    Page: lazy(() => import("../pages/overview/overview-page.tsx").then((of) => ({ default: of.OverviewPage }))),
  }),
  page("machines", {
    paths: ["/machines"],
    Icon: IconServer,
    Page: lazy(() => import("../pages/machines/machines-page.tsx").then((of) => ({ default: of.MachinesPage }))),
  }),
  page("machines", {
    paths: ["/machines/:machine"],
    Icon: IconServer,
    hidden: true,
    Page: lazy(() => import("../pages/machine/machine-page.tsx").then((of) => ({ default: of.MachinePage }))),
  }),
  page("protect", {
    paths: ["/protect"],
    Icon: IconShieldPlus,
    Page: lazy(() => import("../pages/protect/protect-page.tsx").then((of) => ({ default: of.ProtectPage }))),
  }),
  page("failover", {
    paths: ["/failovers"],
    Icon: IconRoute,
    Page: lazy(() => import("../pages/failover/failovers-page.tsx").then((of) => ({ default: of.FailoversPage }))),
  }),
  page("failover", {
    paths: ["/failovers/:failover"],
    Icon: IconRoute,
    hidden: true,
    Page: lazy(() => import("../pages/failover/failover-page.tsx").then((of) => ({ default: of.FailoverPage }))),
  }),
  page("failover", {
    paths: ["/machines/:machine/failover"],
    Icon: IconRoute,
    hidden: true,
    Page: lazy(() =>
      import("../pages/failover/failover-wizard-page.tsx").then((of) => ({ default: of.FailoverWizardPage })),
    ),
  }),
  page("plans", {
    paths: ["/plans"],
    Icon: IconListCheck,
    Page: lazy(() => import("../pages/plans/plans-page.tsx").then((of) => ({ default: of.PlansPage }))),
  }),
  page("plans", {
    paths: ["/plans/:plan", "/plans/new/edit"],
    Icon: IconListCheck,
    hidden: true,
    Page: lazy(() => import("../pages/plans/plan-page.tsx").then((of) => ({ default: of.PlanPage }))),
  }),
  page("plans", {
    paths: ["/plan-runs/:run"],
    Icon: IconListCheck,
    hidden: true,
    Page: lazy(() => import("../pages/plans/plan-run-page.tsx").then((of) => ({ default: of.PlanRunPage }))),
  }),
  page("drills", {
    paths: ["/drills"],
    Icon: IconClipboardCheck,
    Page: lazy(() => import("../pages/drills/drills-page.tsx").then((of) => ({ default: of.DrillsPage }))),
  }),
  page("policies", {
    paths: ["/policies"],
    Icon: IconAdjustments,
    Page: lazy(() => import("../pages/policies/policies-page.tsx").then((of) => ({ default: of.PoliciesPage }))),
  }),
  page("jobs", {
    paths: ["/jobs"],
    Icon: IconHistory,
    Page: lazy(() => import("../pages/jobs/jobs-page.tsx").then((of) => ({ default: of.JobsPage }))),
  }),
  page("alerts", {
    paths: ["/alerts"],
    Icon: IconBell,
    Page: lazy(() => import("../pages/alerts/alerts-page.tsx").then((of) => ({ default: of.AlertsPage }))),
  }),
  page("events", {
    paths: ["/events"],
    Icon: IconHistory,
    Page: lazy(() => import("../pages/events/events-page.tsx").then((of) => ({ default: of.EventsPage }))),
  }),
  page("map", {
    paths: ["/infrastructure"],
    Icon: IconHierarchy3,
    Page: lazy(() =>
      import("../pages/infrastructure/infrastructure-page.tsx").then((of) => ({ default: of.InfrastructurePage })),
    ),
  }),
  page("planner", {
    paths: ["/planner"],
    Icon: IconCalculator,
    Page: lazy(() => import("../pages/planner/planner-page.tsx").then((of) => ({ default: of.PlannerPage }))),
  }),
  page("access", {
    paths: ["/access"],
    Icon: IconUsers,
    Page: lazy(() => import("../pages/access/access-page.tsx").then((of) => ({ default: of.AccessPage }))),
  }),
  page("settings", {
    paths: ["/settings"],
    Icon: IconSettings,
    Page: lazy(() => import("../pages/settings/settings-page.tsx").then((of) => ({ default: of.SettingsPage }))),
  }),
];
