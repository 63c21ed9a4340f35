import type { WayItem } from "@leeward/api";
import { textsOf } from "../../text/language.tsx";

/** In the order in which a point passes them. */
export const WAY_STAGES: readonly WayItem["stage"][] = [
  ...(["raised", "durable", "sent", "cached", "cut", "compressed", "staged", "journaled", "recoverable"] as const),
];

export const WAY_TEXTS = textsOf({
  en: {
    show: "Show its way",
    title: (time: string) => `The way of the point of ${time}`,
    lead: "When each daemon did what with the point, by the config server's clock as far as each one's offset from it is known. Daemons remember the newest points alone, and none from before their last start.",
    table: "Moments of the point",
    stage: "Stage",
    where: "At",
    disk: "Disk",
    at: "Time",
    after: "After the first",
    took: "Took",
    again: "Ask again",
    close: "Close",
    nothing: "Nobody remembers this point.",
    untold: (stages: string) => `No time is known of: ${stages}.`,
    unknown: "Who could not say",
    daemons: {
      "mobility-agent": "Agent",
      "process-server": "Process server",
      "master-target": "Master target",
    },
    stages: {
      raised: "Raised",
      durable: "Durable",
      sent: "Sent",
      cached: "Cached",
      cut: "Cut",
      compressed: "Compressed",
      staged: "Staged",
      journaled: "Journaled",
      recoverable: "Recoverable",
    },
  },
  ko: {
    show: "경로 보기",
    title: (time: string) => `${time} 지점의 경로`,
    lead: "각 데몬이 이 지점을 언제 처리했는지 보여 줍니다. 시각은 시계 차이가 알려진 범위에서 구성 서버의 시계를 기준으로 합니다. 데몬은 최신 지점만 기억하며, 다시 시작하기 전의 지점은 기억하지 않습니다.",
    table: "지점의 단계별 시각",
    stage: "단계",
    where: "위치",
    disk: "디스크",
    at: "시각",
    after: "처음부터 경과",
    took: "소요 시간",
    again: "다시 조회",
    close: "닫기",
    nothing: "이 지점을 기억하는 데몬이 없습니다.",
    untold: (stages: string) => `시각을 알 수 없는 단계: ${stages}`,
    unknown: "응답하지 못한 곳",
    daemons: {
      "mobility-agent": "에이전트",
      "process-server": "프로세스 서버",
      "master-target": "마스터 대상",
    },
    stages: {
      raised: "표시됨",
      durable: "기록 보장됨",
      sent: "전송됨",
      cached: "캐시됨",
      cut: "세그먼트로 나뉨",
      compressed: "압축됨",
      staged: "준비됨",
      journaled: "저널에 기록됨",
      recoverable: "복구 가능",
    },
  },
});
