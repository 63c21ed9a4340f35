// The words of failovers, for whoever shows one.
import type { Failover, FailoverState } from "@leeward/api";
import type { Tone } from "../../parts/state-badge.tsx";
import { textsOf } from "../../text/language.tsx";

export const FAILOVER_KINDS = textsOf({
  en: { test: "Test failover", planned: "Planned failover", unplanned: "Unplanned failover" },
  ko: { test: "테스트 장애 조치", planned: "계획된 장애 조치", unplanned: "계획되지 않은 장애 조치" },
});

export const FAILOVER_STATES = textsOf({
  en: {
    preparing: "Preparing",
    fencing: "Fencing the source",
    starting: "Starting the replica machine",
    running: "Running beside the source",
    "commit-pending": "Commit pending",
    changing: "Changing the point",
    committed: "Committed",
    reversing: "Reprotecting",
    halting: "Halting the replica machine",
    resuming: "Starting the replica machine again",
    "handing-back": "Handing back to the source",
    undoing: "Taking back what was begun",
    cancelling: "Cancelling",
    "cleaning-up": "Cleaning up",
    failed: "Failed",
    cancelled: "Cancelled",
    "cleaned-up": "Cleaned up",
    "failed-back": "Failed back",
  },
  ko: {
    preparing: "준비 중",
    fencing: "원본 차단 중",
    starting: "복제본 컴퓨터 시작 중",
    running: "원본 옆에서 실행 중",
    "commit-pending": "커밋 대기 중",
    changing: "복구 지점 변경 중",
    committed: "커밋됨",
    reversing: "다시 보호 중",
    halting: "복제본 컴퓨터 중지 중",
    resuming: "복제본 컴퓨터 다시 시작 중",
    "handing-back": "원본으로 되돌리는 중",
    undoing: "시작한 것을 되돌리는 중",
    cancelling: "취소하는 중",
    "cleaning-up": "정리 중",
    failed: "실패",
    cancelled: "취소됨",
    "cleaned-up": "정리됨",
    "failed-back": "장애 복구 완료",
  },
});

/** What a state means for whoever stands before it. */
export const STATE_MEANINGS = textsOf({
  en: {
    preparing: "The point is being chosen. Nothing of the source has changed.",
    fencing: "The source is being kept from writing, so that nothing it writes is lost or comes later.",
    starting: "The machine is being started from the point at its master target.",
    running:
      "The copy runs on overlays. Nothing that it writes reaches the replica; clean it up when you have seen enough.",
    "commit-pending":
      "The machine runs at its master target. Look whether it is as you want it: until you commit, the point can be changed and everything taken back.",
    changing: "The machine is started again from another point.",
    committed:
      "The machine runs at its master target for good. It is not protected until it is reprotected towards its source.",
    reversing: "The source's disks are brought to what the replica machine wrote, and follow it from then on.",
    halting: "The replica machine is being halted, and its last writes are brought to the source.",
    resuming: "Failing back did not work; the replica machine is being started again.",
    "handing-back": "The source takes over with all that the replica machine wrote.",
    undoing: "It did not work; what was begun is being taken back, and the source goes on.",
    cancelling: "The replica machine is being removed; the source goes on.",
    "cleaning-up": "The machine at the master target and all that it wrote are being removed.",
    failed: "It did not work. What was begun was taken back.",
    cancelled: "It was taken back; the source goes on.",
    "cleaned-up": "It is over, and nothing of it is left but this record.",
    "failed-back": "The source goes on with all that the replica machine wrote.",
  },
  ko: {
    preparing: "복구 지점을 고르는 중입니다. 원본은 바뀌지 않았습니다.",
    fencing: "원본이 더는 쓰지 못하게 막는 중입니다. 그래야 잃거나 뒤늦게 오는 쓰기가 없습니다.",
    starting: "마스터 대상에서 복구 지점으로 컴퓨터를 시작하는 중입니다.",
    running: "사본이 오버레이에서 실행 중입니다. 사본이 쓴 것은 복제본에 닿지 않습니다. 확인이 끝나면 정리하십시오.",
    "commit-pending":
      "컴퓨터가 마스터 대상에서 실행 중입니다. 원하는 상태인지 확인하십시오. 커밋하기 전에는 복구 지점을 바꾸거나 모두 되돌릴 수 있습니다.",
    changing: "다른 복구 지점에서 컴퓨터를 다시 시작하는 중입니다.",
    committed: "컴퓨터가 마스터 대상에서 계속 실행됩니다. 원본 쪽으로 다시 보호하기 전에는 보호되지 않습니다.",
    reversing: "복제본 컴퓨터가 쓴 내용을 원본의 디스크로 가져오고, 그 뒤로 계속 따라갑니다.",
    halting: "복제본 컴퓨터를 중지하고 마지막 쓰기를 원본으로 가져오는 중입니다.",
    resuming: "장애 복구가 되지 않아 복제본 컴퓨터를 다시 시작하는 중입니다.",
    "handing-back": "복제본 컴퓨터가 쓴 모든 것을 가지고 원본이 이어받는 중입니다.",
    undoing: "작업하지 못했습니다. 시작한 것을 되돌리고 원본이 계속 실행됩니다.",
    cancelling: "복제본 컴퓨터를 제거하는 중입니다. 원본이 계속 실행됩니다.",
    "cleaning-up": "마스터 대상의 컴퓨터와 그 컴퓨터가 쓴 모든 것을 제거하는 중입니다.",
    failed: "작업하지 못했습니다. 시작한 것은 되돌렸습니다.",
    cancelled: "되돌렸습니다. 원본이 계속 실행됩니다.",
    "cleaned-up": "끝났습니다. 이 기록 말고는 남은 것이 없습니다.",
    "failed-back": "복제본 컴퓨터가 쓴 모든 것을 가지고 원본이 계속 실행됩니다.",
  },
});

export const FENCES = textsOf({
  en: {
    fenced: "It takes no writes any more.",
    open: "Its disks can be written past its agent.",
    unconfirmed: "It did not say that it takes no writes.",
  },
  ko: {
    fenced: "더는 쓰기를 받지 않습니다.",
    open: "에이전트를 거치지 않고 디스크에 쓸 수 있습니다.",
    unconfirmed: "쓰기를 받지 않는다고 알려 오지 않았습니다.",
  },
});

const TONES: Readonly<Partial<Record<FailoverState, Tone>>> = {
  running: "good",
  "commit-pending": "attention",
  committed: "attention",
  failed: "bad",
  undoing: "bad",
  cancelled: "off",
  "cleaned-up": "off",
  "failed-back": "good",
};

/** Whatever is under way but for what waits for a person, or has ended. */
export function failoverTone({ state }: Pick<Failover, "state">): Tone {
  return TONES[state] ?? "working";
}
