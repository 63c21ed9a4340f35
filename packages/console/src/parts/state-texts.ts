// Words for how machines and disks stand, for every page.
import { textsOf } from "../text/language.tsx";

export const HEALTH_TEXTS = textsOf({
  en: {
    critical: "Critical",
    offline: "Offline",
    unknown: "Not known",
    warning: "Warning",
    copying: "Copying",
    unprotected: "No disks protected",
    healthy: "Healthy",
  },
  ko: {
    critical: "심각",
    offline: "오프라인",
    unknown: "알 수 없음",
    warning: "주의",
    copying: "복사 중",
    unprotected: "보호된 디스크 없음",
    healthy: "정상",
  },
});

export const DISK_STATE_TEXTS = textsOf({
  en: {
    initial: "Initial replication",
    protected: "Protected",
    reduced: "Reduced",
    gap: "Gap",
    resync: "Resync",
    stopped: "Stopped",
    fenced: "Fenced",
    reverse: "Reverse replication",
  },
  ko: {
    initial: "초기 복제",
    protected: "보호됨",
    reduced: "간격 벌어짐",
    gap: "공백",
    resync: "재동기화",
    stopped: "중지됨",
    fenced: "펜싱됨",
    reverse: "역방향 복제",
  },
});

/** What a state means, and what follows from it. */
export const DISK_STATE_MEANINGS = textsOf({
  en: {
    initial: "The first copy is made; there is no recovery point until it is complete.",
    protected: "Every write is followed, and recovery points are made as the policy asks.",
    reduced: "Recovery points are made, but farther apart than the policy asks.",
    gap: "No recovery points are made now; the older ones stay usable.",
    resync: "Differences are copied; the points from before stay usable.",
    stopped: "Writes are not followed. See the faults for what to do.",
    fenced: "The disk takes no writes: another copy of the machine has authority.",
    reverse: "The source is brought to what the replica machine is.",
  },
  ko: {
    initial: "첫 복사를 진행하고 있습니다. 복사가 끝날 때까지 복구 지점이 없습니다.",
    protected: "모든 쓰기를 추적하며, 정책에 따라 복구 지점을 만듭니다.",
    reduced: "복구 지점을 만들고 있지만, 정책이 요구하는 것보다 간격이 깁니다.",
    gap: "지금은 복구 지점이 만들어지지 않습니다. 이전 지점은 계속 사용할 수 있습니다.",
    resync: "차이를 복사하고 있습니다. 이전 지점은 계속 사용할 수 있습니다.",
    stopped: "쓰기를 추적하지 않고 있습니다. 조치 방법은 결함을 확인하십시오.",
    fenced: "디스크가 쓰기를 받지 않습니다. 컴퓨터의 다른 사본이 권한을 가지고 있습니다.",
    reverse: "원본을 복제 컴퓨터와 같은 상태로 만들고 있습니다.",
  },
});
