import { textsOf } from "../../text/language.tsx";

export const SEVERITIES = textsOf({
  en: { info: "Info", warning: "Warning", critical: "Critical" },
  ko: { info: "정보", warning: "경고", critical: "심각" },
});
