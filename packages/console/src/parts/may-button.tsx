import { Button, type ButtonProps, Tooltip } from "@mantine/core";
import type { ComponentPropsWithoutRef } from "react";
import { type SignedIn, useMay } from "../api/api-context.tsx";
import { ROLE_TEXTS } from "../app/role-texts.ts";
import { textsOf, useText } from "../text/language.tsx";

const TEXTS = textsOf({
  en: { needs: (role: string) => `This needs the role: ${role}.` },
  ko: { needs: (role: string) => `필요한 역할: ${role}` },
});

export type MayButtonProps = Omit<ButtonProps & ComponentPropsWithoutRef<"button">, "role" | "disabled"> & {
  /** The least role that may do it. */
  readonly role: SignedIn["role"];
  /** Why it cannot be done now, where something else than the role stands against it. */
  readonly refusal?: string | undefined;
};

/** A button that stays in reach where it may not be pressed, and says why. */
export function MayButton({ role, refusal, onClick, ...props }: MayButtonProps) {
  const text = useText(TEXTS);
  const roles = useText(ROLE_TEXTS);
  const may = useMay(role);
  const why = may ? refusal : text.needs(roles[role]);
  return (
    <Tooltip label={why} disabled={why === undefined}>
      <Button
        {...props}
        data-disabled={why === undefined ? undefined : true}
        aria-disabled={why !== undefined}
        aria-description={why}
        onClick={why === undefined ? onClick : undefined}
      />
    </Tooltip>
  );
}
