// A button that says why it cannot be pressed: what one may not do is there, and can be asked for its reason.
import type { RouteName } from "@leeward/api";
import { Button, type ButtonProps, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import { type SignedIn, useMay, useSignedIn } from "../api/api-context.tsx";
import { ROLE_TEXTS } from "../app/role-texts.ts";
import { textsOf, useText } from "../text/language.tsx";
import { refusalOf } from "./refusal.ts";

const TEXTS = textsOf({
  en: {
    needs: (role: string) => `This needs the role ${role}.`,
    limited: "You are limited to some machines, and this is about the whole installation.",
  },
  ko: {
    needs: (role: string) => `이 작업에는 ${role} 역할이 필요합니다.`,
    limited: "일부 컴퓨터로 제한되어 있으며, 이 항목은 설치 전체에 관한 것입니다.",
  },
});

/** Why one who is not of this role may not; undefined for who may. */
export function useRoleRefusal(needs: SignedIn["role"]): string | undefined {
  const text = useText(TEXTS);
  const roles = useText(ROLE_TEXTS);
  return useMay(needs) ? undefined : text.needs(roles[needs]);
}

/** Why the user may not call that route; undefined for who may. */
export function useRefusal(call: RouteName): string | undefined {
  const text = useText(TEXTS);
  const roles = useText(ROLE_TEXTS);
  const refusal = refusalOf(useSignedIn(), call);
  if (refusal === undefined) return undefined;
  return refusal.kind === "limited" ? text.limited : text.needs(roles[refusal.needs]);
}

export interface ActionButtonProps extends Omit<ButtonProps, "children"> {
  readonly children: ReactNode;
  /** The least role that may, where it is about a machine. */
  readonly needs?: SignedIn["role"];
  /** The route that is called in the end: who may not call it is told why. */
  readonly calls?: RouteName;
  /** Why it cannot be done now, to this; the button is disabled by it. */
  readonly refusal?: string | undefined;
  readonly onClick: () => void;
  /** Where the word on it does not say to what. */
  readonly label?: string;
}

export function ActionButton({
  needs = "viewer",
  calls = "me",
  refusal,
  onClick,
  label,
  children,
  ...rest
}: ActionButtonProps) {
  const roleRefusal = useRoleRefusal(needs);
  const routeRefusal = useRefusal(calls);
  const why = roleRefusal ?? routeRefusal ?? refusal;
  const button = (
    <Button
      size="xs"
      variant="default"
      {...rest}
      {...(label !== undefined && { "aria-label": label })}
      {...(why !== undefined && { "data-disabled": true, "aria-disabled": true })}
      onClick={(event) => {
        if (why === undefined) onClick();
        else event.preventDefault();
      }}
    >
      {children}
    </Button>
  );
  return why === undefined ? (
    button
  ) : (
    <Tooltip label={why} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
      {button}
    </Tooltip>
  );
}
