import { Button, Group, Text } from "@mantine/core";
import type { Pages } from "../api/use-pages.ts";
import { textsOf, useText } from "../text/language.tsx";

const TEXTS = textsOf({
  en: { older: "Load older ones", hint: "Sorting and filter are of what is loaded." },
  ko: { older: "이전 항목 더 불러오기", hint: "정렬과 필터는 불러온 항목에만 적용됩니다." },
});

/** Below a list that goes on. */
export function Older({ pages }: { readonly pages: Omit<Pages<unknown>, "data"> }) {
  const text = useText(TEXTS);
  if (!pages.hasOlder) return null;
  return (
    <Group gap="sm" mt="sm">
      <Button variant="default" size="xs" loading={pages.isFetchingOlder} onClick={pages.fetchOlder}>
        {text.older}
      </Button>
      <Text size="sm" c="dimmed">
        {text.hint}
      </Text>
    </Group>
  );
}
