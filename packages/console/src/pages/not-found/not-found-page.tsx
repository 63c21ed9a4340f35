import { Button } from "@mantine/core";
import { Link } from "wouter";
import { Nothing } from "../../parts/nothing.tsx";
import { Page } from "../../parts/page.tsx";
import { textsOf, useText } from "../../text/language.tsx";

const TEXTS = textsOf({
  en: { title: "There is no such page", lead: "It may have been of something that is gone.", home: "To the overview" },
  ko: { title: "그런 페이지가 없습니다", lead: "이미 없어진 것의 페이지일 수 있습니다.", home: "개요로" },
});

export function NotFoundPage() {
  const text = useText(TEXTS);
  return (
    <Page title={text.title} commands={["leeward --help"]}>
      <Nothing
        title={text.title}
        action={
          <Button component={Link} href="/">
            {text.home}
          </Button>
        }
      >
        {text.lead}
      </Nothing>
    </Page>
  );
}
