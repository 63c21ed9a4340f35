// What each rule watches, and by what it measures that, in the languages that the server does not speak. A rule that is newer than this page is in the server's words.
import type { AlertRule } from "@leeward/api";
import { type Language, useLanguage } from "../../text/language.tsx";

interface RuleText {
  readonly summary: string;
  /** Of its thresholds; nothing where a condition says itself how bad it is. */
  readonly unit: string;
}

export function useRuleText(rule: AlertRule): RuleText {
  return ruleTextIn(useLanguage().language, rule);
}

export function ruleTextIn(language: Language, { name, summary, unit }: AlertRule): RuleText {
  const said = { summary, unit: unit ?? "" };
  return language === "en" ? said : { summary: SUMMARIES[name] ?? summary, unit: UNITS[said.unit] ?? said.unit };
}

const UNITS: Readonly<Partial<Record<string, string>>> = { minutes: "분", percent: "%", days: "일", intervals: "간격" };

const SUMMARIES: Readonly<Partial<Record<string, string>>> = {
  "machine-offline": "컴퓨터의 세션이 없음",
  "process-server-offline": "프로세스 서버의 세션이 없음",
  "master-target-offline": "마스터 대상의 세션이 없음",
  "no-recent-point": "디스크의 최신 복구 지점이 지난 시간",
  "rpo-exceeded": "정책의 간격으로 센 디스크의 RPO",
  "process-server-cpu": "프로세스 서버의 프로세서 사용률",
  "process-server-memory": "프로세스 서버의 메모리 사용률",
  "cache-free-low": "프로세스 서버 캐시의 남은 공간",
  "upload-delay": "디스크의 데이터가 프로세스 서버에서 기다린 시간",
  "history-forecast": "저널 한도 때문에 이력이 잘릴 예정임",
  "history-held": "유지되는 지점이 저널 한도를 넘음",
  "resync-needed": "디스크를 다시 복사해야 함",
  "disk-stopped": "디스크가 캡처되지 않음",
  "disk-gap": "디스크의 변경이 복구 지점으로 남지 않음",
  "disk-fault": "사람의 조치가 필요한 디스크 문제",
  "replica-differs": "복제본이 원본과 다름",
  "verify-overdue": "디스크를 제때 복제본과 비교하지 않음",
  "certificate-ending": "컴퓨터나 서버 인증서의 남은 기간",
  "authority-ending": "인증 기관이 곧 만료됨",
  "authority-changing": "인증 기관 교체가 구성원을 기다림",
  "identity-copied": "구성원의 복사본이 거부됨",
  "clock-differs": "시계가 구성 서버와 다름",
  "member-too-old": "구성원의 릴리스가 너무 오래됨",
  "space-low": "서버의 남은 공간이 적음",
  "failover-test-standing": "테스트 장애 조치가 오래 남아 있음",
  "source-not-fenced": "복제 컴퓨터가 있는데 원본에 쓸 수 있음",
  "replica-paused": "복제 컴퓨터가 일시 중지됨",
  "drill-failed": "컴퓨터의 마지막 훈련이 실패함",
  "drill-overdue": "훈련을 제때 하지 않음",
  "plan-step-asking": "복구 계획이 사람의 답을 기다림",
  "recovery-key-not-exported": "복구 키를 내보내지 않음",
  "recovery-key-lost": "복구 키를 잃음",
  "backup-old": "구성 서버의 최신 백업이 지난 시간(백업한 적이 있을 때)",
  "server-fault": "구성 서버 자신이 하지 못하는 일",
  "alert-channel-failed": "경고 채널로 전달되지 않음",
};
