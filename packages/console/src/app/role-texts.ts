import { textsOf } from "../text/language.tsx";

/** The roles of people, as the console calls them. */
export const ROLE_TEXTS = textsOf({
  en: { viewer: "Viewer", operator: "Operator", administrator: "Administrator" },
  ko: { viewer: "보기 권한", operator: "운영자", administrator: "관리자" },
});
