// What stands around every page: the way to the others, what stands open, who is signed in.
import {
  ActionIcon,
  AppShell,
  Badge,
  Burger,
  Group,
  Indicator,
  Menu,
  NavLink,
  ScrollArea,
  Text,
  Tooltip,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBell, IconKey, IconLogout, IconUser, IconUserCheck } from "@tabler/icons-react";
import { Suspense } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import { useSignedIn } from "../api/api-context.tsx";
import { useLiveNotices } from "../api/live-notices.ts";
import { type Silence, useSilence } from "../api/silence.ts";
import { useAction, useItems } from "../api/use-answer.ts";
import { usePages } from "../api/use-pages.ts";
import { NotFoundPage } from "../pages/not-found/not-found-page.tsx";
import { Waiting } from "../parts/answered.tsx";
import { textsOf, useText } from "../text/language.tsx";
import { AppearanceMenu } from "./appearance-menu.tsx";
import { PageBoundary } from "./page-boundary.tsx";
import { PAGES } from "./pages.ts";
import { ROLE_TEXTS } from "./role-texts.ts";
import { SilenceNotice } from "./silence-notice.tsx";

const TEXTS = textsOf({
  en: {
    skip: "To the content",
    navigation: "Pages",
    openNavigation: "Open or close the navigation",
    live: "Live",
    notLive: "Not live: what you see is renewed every 30 seconds.",
    liveHint: "What you see is renewed as it changes.",
    silent: "No answer",
    silentHint: "The server does not answer: what you see is old.",
    alerts: (count: number) => (count === 1 ? "1 open alert" : `${count} open alerts`),
    alertsUnknown: "Alerts: not known",
    account: "Account",
    password: "Change my password",
    approvals: (count: number) => (count === 1 ? "1 thing waits for approval" : `${count} things wait for approval`),
    signOut: "Sign out",
  },
  ko: {
    skip: "본문으로",
    navigation: "페이지",
    openNavigation: "탐색 메뉴 열기 또는 닫기",
    live: "실시간",
    notLive: "실시간이 아닙니다. 30초마다 새로 고칩니다.",
    liveHint: "바뀌는 대로 화면에 나타납니다.",
    silent: "응답 없음",
    silentHint: "서버가 응답하지 않습니다. 화면의 내용은 예전 것입니다.",
    alerts: (count: number) => `열린 경고 ${count}건`,
    alertsUnknown: "경고: 알 수 없음",
    account: "계정",
    password: "내 비밀번호 변경",
    approvals: (count: number) => `승인을 기다리는 일 ${count}건`,
    signOut: "로그아웃",
  },
});

export function Frame() {
  const text = useText(TEXTS);
  const [opened, { toggle, close }] = useDisclosure();
  const silence = useSilence();
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 240, breakpoint: "md", collapsed: { mobile: !opened } }}
      padding={{ base: "sm", sm: "lg" }}
    >
      <a className="skip-link" href="#content">
        {text.skip}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="md" size="sm" aria-label={text.openNavigation} />
            <Group component="span" gap={8} wrap="nowrap">
              <img src="/assets/icon.svg" alt="" width={28} height={28} />
              <Text component="span" fw={700} size="lg" visibleFrom="xs">
                Leeward
              </Text>
            </Group>
            <LiveMark silence={silence} />
          </Group>
          <Group gap={4} wrap="nowrap">
            <ApprovalMark />
            <AlertBell />
            <AppearanceMenu />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar aria-label={text.navigation}>
        <ScrollArea p="sm" type="auto">
          <Navigation onChosen={close} />
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        {silence !== undefined && <SilenceNotice silence={silence} />}
        <Pages />
      </AppShell.Main>
    </AppShell>
  );
}

function Pages() {
  const [path] = useLocation();
  return (
    <PageBoundary path={path}>
      <Suspense fallback={<Waiting />}>
        <Switch>
          {PAGES.flatMap(({ paths, Page }) => paths.map((path) => <Route key={path} path={path} component={Page} />))}
          <Route component={NotFoundPage} />
        </Switch>
      </Suspense>
    </PageBoundary>
  );
}

function Navigation({ onChosen }: { readonly onChosen: () => void }) {
  const [location] = useLocation();
  return PAGES.filter(({ inNavigation }) => inNavigation).map((page) => (
    <PageLink key={page.paths[0]} page={page} location={location} onChosen={onChosen} />
  ));
}

function PageLink(props: {
  readonly page: (typeof PAGES)[number];
  readonly location: string;
  readonly onChosen: () => void;
}) {
  const { paths, Icon, name } = props.page;
  const [path] = paths;
  const isHere =
    path === "/" ? props.location === "/" : props.location === path || props.location.startsWith(`${path}/`);
  return (
    <NavLink
      component={Link}
      href={path}
      label={useText(name)}
      leftSection={<Icon aria-hidden size={18} stroke={1.6} />}
      active={isHere}
      aria-current={isHere ? "page" : undefined}
      onClick={props.onChosen}
    />
  );
}

function LiveMark({ silence }: { readonly silence: Silence | undefined }) {
  const text = useText(TEXTS);
  const isLive = useLiveNotices();
  const [label, hint, color] =
    silence !== undefined
      ? [text.silent, text.silentHint, "red"]
      : isLive
        ? [text.live, text.liveHint, "harbor"]
        : ["30 s", text.notLive, "gray"];
  return (
    <Tooltip label={hint}>
      <Badge variant="light" color={color} tabIndex={0} role="status">
        {label}
      </Badge>
    </Tooltip>
  );
}

function AlertBell() {
  const text = useText(TEXTS);
  const count = useItems("listAlerts", {}).data?.filter(({ state }) => state === "open").length;
  return (
    <Indicator label={count} size={18} disabled={count === undefined || count === 0} color="red.8" offset={6}>
      <ActionIcon
        component={Link}
        href="/alerts"
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={count === undefined ? text.alertsUnknown : text.alerts(count)}
      >
        <IconBell aria-hidden size={20} />
      </ActionIcon>
    </Indicator>
  );
}

/** Seen while somebody waits for a second person. */
function ApprovalMark() {
  const text = useText(TEXTS);
  const approvals = usePages("listApprovals", {}).data;
  const open = approvals?.filter(({ state }) => state === "open").length ?? 0;
  if (open === 0) return null;
  return (
    <Indicator label={open} size={18} color="red.8" offset={6}>
      <ActionIcon
        component={Link}
        href="/access?tab=approvals"
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={text.approvals(open)}
      >
        <IconUserCheck aria-hidden size={20} />
      </ActionIcon>
    </Indicator>
  );
}

function AccountMenu() {
  const text = useText(TEXTS);
  const roles = useText(ROLE_TEXTS);
  const { name, role, kind } = useSignedIn();
  const signOut = useAction("signOut");
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`${text.account}: ${name}`}>
          <IconUser aria-hidden size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown maw={280}>
        <Menu.Label className="breakable">
          {name} · {roles[role]}
        </Menu.Label>
        {kind === "local" && (
          <Menu.Item component={Link} href="/access?tab=password" leftSection={<IconKey aria-hidden size={16} />}>
            {text.password}
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<IconLogout aria-hidden size={16} />}
          onClick={() => {
            void signOut.run({}).then(() => location.assign("/"));
          }}
        >
          {text.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
