import {
  Alert,
  Box,
  Button,
  Center,
  Divider,
  Group,
  Paper,
  PasswordInput,
  Stack,
  Tabs,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useEffect, useState } from "react";
import { forgetAnswers, rememberCsrfToken } from "../api/api-context.tsx";
import { useAction, useAnswer } from "../api/use-answer.ts";
import { FaultText } from "../parts/fault-notice.tsx";
import { textsOf, useText } from "../text/language.tsx";
import { AppearanceMenu } from "./appearance-menu.tsx";

const TEXTS = textsOf({
  en: {
    title: "Sign in to Leeward",
    ended: "Your sign-in has ended. Sign in to go on where you were.",
    user: "User name",
    password: "Password",
    signIn: "Sign in",
    byPassword: "Password",
    byToken: "Token",
    token: "API token",
    tokenHint: "On an empty server, the one in operator.token in the server's home.",
    or: "or",
    oidc: (name: string) => `Sign in with ${name}`,
    refused: "You were not signed in",
  },
  ko: {
    title: "Leeward 로그인",
    ended: "로그인이 끝났습니다. 다시 로그인하면 보던 화면으로 돌아갑니다.",
    user: "사용자 이름",
    password: "비밀번호",
    signIn: "로그인",
    byPassword: "비밀번호",
    byToken: "토큰",
    token: "API 토큰",
    tokenHint: "새 서버에서는 서버 홈의 operator.token 파일에 있는 토큰입니다.",
    or: "또는",
    oidc: (name: string) => `${name}(으)로 로그인`,
    refused: "로그인하지 못했습니다",
  },
});

/** Who comes by it sees nothing of what was answered to who was there before. */
export function SignInPage({ hasEnded }: { readonly hasEnded: boolean }) {
  const text = useText(TEXTS);
  useEffect(forgetAnswers, []);
  const ways = useAnswer("waysToSignIn", {}).data;
  return (
    <Center mih="100dvh" p="md" component="main">
      <Box w="100%" maw={400}>
        <Group justify="space-between" mb="md" wrap="nowrap">
          <Title order={1} size="h3">
            {text.title}
          </Title>
          <AppearanceMenu />
        </Group>
        {hasEnded && (
          <Alert color="yellow" variant="light" mb="md" role="status">
            {text.ended}
          </Alert>
        )}
        <Paper withBorder p="lg" shadow="sm">
          <Tabs defaultValue="password" keepMounted={false}>
            <Tabs.List grow mb="md">
              <Tabs.Tab value="password">{text.byPassword}</Tabs.Tab>
              <Tabs.Tab value="token">{text.byToken}</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="password">
              <PasswordForm />
            </Tabs.Panel>
            <Tabs.Panel value="token">
              <TokenForm />
            </Tabs.Panel>
          </Tabs>
          {ways !== undefined && ways.oidc !== null && (
            <Stack mt="md" gap="md">
              <Divider label={text.or} />
              <Button component="a" href="/v1/sign-in/oidc" variant="default" fullWidth>
                {text.oidc(ways.oidc.name)}
              </Button>
            </Stack>
          )}
        </Paper>
        <Text size="xs" c="dimmed" mt="md" ta="center">
          Leeward {ways?.version ?? ""}
        </Text>
      </Box>
    </Center>
  );
}

function PasswordForm() {
  const text = useText(TEXTS);
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  return (
    <SignInForm body={{ user, password }} isReady={user !== "" && password !== ""}>
      <TextInput
        label={text.user}
        name="username"
        autoComplete="username"
        autoFocus
        value={user}
        onChange={(event) => setUser(event.currentTarget.value)}
      />
      <PasswordInput
        label={text.password}
        name="password"
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
    </SignInForm>
  );
}

function TokenForm() {
  const text = useText(TEXTS);
  const [token, setToken] = useState("");
  return (
    <SignInForm body={{ token: token.trim() }} isReady={token.trim() !== ""}>
      <PasswordInput
        label={text.token}
        description={text.tokenHint}
        autoComplete="off"
        value={token}
        onChange={(event) => setToken(event.currentTarget.value)}
      />
    </SignInForm>
  );
}

type SignInBody = { readonly user: string; readonly password: string } | { readonly token: string };

function SignInForm(props: {
  readonly body: SignInBody;
  readonly isReady: boolean;
  readonly children: React.ReactNode;
}) {
  const text = useText(TEXTS);
  const signIn = useAction("signIn", { quiet: true });
  const submit = async (): Promise<void> => {
    const done = await signIn.run({ body: props.body });
    if (done !== undefined) rememberCsrfToken(done.csrfToken);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Stack>
        {props.children}
        {signIn.fault !== null && (
          <Alert color="red" variant="light" title={text.refused} role="alert">
            <FaultText fault={signIn.fault} />
          </Alert>
        )}
        <Button type="submit" loading={signIn.isRunning} disabled={!props.isReady}>
          {text.signIn}
        </Button>
      </Stack>
    </form>
  );
}
