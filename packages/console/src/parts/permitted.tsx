import type { RouteName } from "@leeward/api";
import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useRefusal } from "./action-button.tsx";

/** What shows the answer to a route, or why that is not for who looks: what they may not even see is not asked for. */
export function Permitted({ calls, children }: { readonly calls: RouteName; readonly children: ReactNode }) {
  const refusal = useRefusal(calls);
  return refusal === undefined ? (
    children
  ) : (
    <Text size="sm" c="dimmed">
      {refusal}
    </Text>
  );
}
