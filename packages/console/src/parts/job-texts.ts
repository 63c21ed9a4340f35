// The words of jobs, for whoever shows one.
import type { Job } from "@leeward/api";
import { textsOf } from "../text/language.tsx";
import type { Tone } from "./state-badge.tsx";

export const JOB_KINDS = textsOf({
  en: {
    protect: "Enable protection",
    save: "Save a point",
    verify: "Verify a disk",
    resync: "Resync",
    "seed-load": "Load a seed",
    "failover-test": "Test failover",
    "failover-planned": "Planned failover",
    "failover-proof": "Compare the stopped source",
    "failover-unplanned": "Unplanned failover",
    "failover-change-point": "Change the failover's point",
    "failover-cancel": "Cancel a failover",
    "failover-cleanup": "Clean up a test failover",
    "failover-reprotect": "Reprotect",
    "failover-failback": "Fail back",
    drill: "Drill",
    "recovery-plan": "Run a recovery plan",
    "recovery-plan-cleanup": "Clean up a plan's run",
    push: "Push agents",
    "agent-upgrade": "Upgrade agents",
  },
  ko: {
    protect: "보호 사용",
    save: "복구 지점 저장",
    verify: "디스크 확인",
    resync: "다시 동기화",
    "seed-load": "시드 불러오기",
    "failover-test": "테스트 장애 조치",
    "failover-planned": "계획된 장애 조치",
    "failover-proof": "중지된 원본 비교",
    "failover-unplanned": "계획되지 않은 장애 조치",
    "failover-change-point": "장애 조치의 복구 지점 변경",
    "failover-cancel": "장애 조치 취소",
    "failover-cleanup": "테스트 장애 조치 정리",
    "failover-reprotect": "다시 보호",
    "failover-failback": "장애 복구",
    drill: "훈련",
    "recovery-plan": "복구 계획 실행",
    "recovery-plan-cleanup": "계획 실행 정리",
    push: "에이전트 푸시 설치",
    "agent-upgrade": "에이전트 업그레이드",
  },
});

export const JOB_STATES = textsOf({
  en: { queued: "Queued", running: "Running", succeeded: "Succeeded", failed: "Failed", cancelled: "Cancelled" },
  ko: { queued: "대기 중", running: "실행 중", succeeded: "성공", failed: "실패", cancelled: "취소됨" },
});

const isKind = (name: string): name is Job["kind"] => Object.hasOwn(JOB_KINDS.en, name);
const isState = (name: string): name is Job["state"] => Object.hasOwn(JOB_STATES.en, name);

/** Every kind and state that there are. */
export const JOB_KIND_NAMES = Object.keys(JOB_KINDS.en).filter(isKind);
export const JOB_STATE_NAMES = Object.keys(JOB_STATES.en).filter(isState);

export const JOB_TONES: Readonly<Record<Job["state"], Tone>> = {
  queued: "plain",
  running: "working",
  succeeded: "good",
  failed: "bad",
  cancelled: "off",
};

/** A job that a newer server knows and this page does not is called as the server calls it. */
export function jobKindText(kinds: Readonly<Record<Job["kind"], string>>, kind: Job["kind"]): string {
  return kinds[kind] ?? kind;
}

/** No job has ended by then: `since` this, those are listed that are under way. */
export const NO_JOB_ENDED_BY = "2200-01-01T00:00:00Z";

export function hasJobEnded({ state }: Pick<Job, "state">): boolean {
  return state !== "queued" && state !== "running";
}
