import { NativeSelect } from "@mantine/core";
import type { SignedIn } from "../../api/api-context.tsx";
import { ROLE_TEXTS } from "../../app/role-texts.ts";
import { useText } from "../../text/language.tsx";
import { TEXTS } from "./texts.ts";

const ROLES = ["viewer", "operator", "administrator"] as const;

/** What somebody may do, the least first. */
export function RoleField(props: {
  readonly role: SignedIn["role"];
  readonly change: (role: SignedIn["role"]) => void;
}) {
  const text = useText(TEXTS);
  const roles = useText(ROLE_TEXTS);
  return (
    <NativeSelect
      label={text.role}
      value={props.role}
      data={ROLES.map((each) => ({ value: each, label: roles[each] }))}
      onChange={(event) => props.change(ROLES.find((each) => each === event.currentTarget.value) ?? "viewer")}
    />
  );
}
