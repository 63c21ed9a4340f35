import { Center, Loader, MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { Suspense } from "react";
import { queryClient, rememberCsrfToken, SignedInProvider } from "../api/api-context.tsx";
import { useAnswer } from "../api/use-answer.ts";
import { FaultPanel } from "../parts/fault-notice.tsx";
import { LanguageProvider } from "../text/language.tsx";
import { Frame } from "./frame.tsx";
import { isSignedOut } from "./sign-in-faults.ts";
import { SignInPage } from "./sign-in-page.tsx";
import { cssVariables, theme } from "./theme.ts";

/** Styles that the library makes at run time carry the page's nonce; nothing else is let in by the page's policy. */
function nonceOfPage(): string {
  return document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? "";
}

// What keeps the page from being scrolled below a dialog looks for the nonce under this name.
Object.assign(globalThis, { __webpack_nonce__: nonceOfPage() });

export function App() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={nonceOfPage}
    >
      <LanguageProvider>
        <QueryClientProvider client={queryClient}>
          <Notifications position="bottom-right" />
          <Door />
        </QueryClientProvider>
      </LanguageProvider>
    </MantineProvider>
  );
}

/** Who is not signed in sees the sign-in, on every path, and comes to that path by it. */
function Door() {
  const me = useAnswer("me", {}, { refreshMs: 60_000 });
  if (isSignedOut(me.fault)) return <SignInPage hasEnded={me.data !== undefined} />;
  if (me.data === undefined) {
    return (
      <Center mih="100dvh" p="md">
        {me.fault === null ? <Loader aria-label="Leeward" /> : <FaultPanel fault={me.fault} retry={me.refresh} />}
      </Center>
    );
  }
  const { user, role, scope, csrfToken } = me.data;
  rememberCsrfToken(csrfToken);
  return (
    <SignedInProvider value={{ name: user.name, kind: user.kind, role, scope: scope?.machines ?? null }}>
      <Suspense>
        <Frame />
      </Suspense>
    </SignedInProvider>
  );
}
