import { textsOf } from "../../text/language.tsx";

export const ACTION_TEXTS = textsOf({
  en: {
    acts: {
      commit: "Commit",
      "change-point": "Change the point",
      cancel: "Cancel the failover",
      reprotect: "Reprotect",
      failback: "Fail back",
      cleanup: "Clean up",
    },
    short: {
      commit: "Settles the point for good, so that the machine can be reprotected.",
      "change-point": "Starts the machine again from another point.",
      cancel: "Takes all back: the source goes on.",
      reprotect: "Brings the source's disks to what the machine wrote here, while it runs on.",
      failback: "Halts the machine here, and has the source go on.",
      cleanup: "Ends the test and removes all that there is of it.",
    },
    what: {
      commit: (machine: string) =>
        `The failover of ${machine} is settled: its point can be neither changed nor taken back any more. The machine runs on at its master target.`,
      "change-point": (machine: string) =>
        `The replica machine of ${machine} is halted and started again from the other point. What it has written since the failover is lost.`,
      cancel: (machine: string) =>
        `The replica machine of ${machine} is removed, and what it has written since the failover is lost. The source may write again and goes on.`,
      reprotect: (machine: string) =>
        `What ${machine}'s replica machine and its source have differently is written over the source's disks. The machine runs on at its master target.`,
      failback: (machine: string) =>
        `The replica machine of ${machine} is shut down, its last writes are brought to the source, and the source goes on with all of it. The machine is down in between.`,
      cleanup: (machine: string) =>
        `The test copy of ${machine} is ended, and all that it wrote is removed. The source and its replica are not touched.`,
    },
    notes: "Notes",
    notesHint: "What is to be known of it later; kept with the failover.",
    grace: "Time to shut down, seconds",
    graceHint: "0 to 3,600; after it the power is cut. 120 unless told.",
    newDisks: "Devices of the source",
    newDisksLead:
      "Only where a disk of the source is lost: on which device of the source it is from now on. Empty: where it was.",
    device: (disk: string) => `Device for ${disk}`,
    path: "absolute path, such as /dev/sdb",
    overwrite: "Overwrite what is found on those devices",
    begun: (what: string) => `${what}: begun.`,
  },
  ko: {
    acts: {
      commit: "커밋",
      "change-point": "복구 지점 변경",
      cancel: "장애 조치 취소",
      reprotect: "다시 보호",
      failback: "장애 복구",
      cleanup: "정리",
    },
    short: {
      commit: "복구 지점을 확정하여 컴퓨터를 다시 보호할 수 있게 합니다.",
      "change-point": "다른 복구 지점에서 컴퓨터를 다시 시작합니다.",
      cancel: "모두 되돌립니다. 원본이 계속 실행됩니다.",
      reprotect: "컴퓨터가 실행되는 동안, 여기서 쓴 내용을 원본의 디스크로 가져옵니다.",
      failback: "여기의 컴퓨터를 중지하고 원본이 이어받게 합니다.",
      cleanup: "테스트를 끝내고 만들어진 것을 모두 제거합니다.",
    },
    what: {
      commit: (machine: string) =>
        `${machine}의 장애 조치를 확정합니다. 더는 복구 지점을 바꾸거나 되돌릴 수 없습니다. 컴퓨터는 마스터 대상에서 계속 실행됩니다.`,
      "change-point": (machine: string) =>
        `${machine}의 복제본 컴퓨터를 중지하고 다른 복구 지점에서 다시 시작합니다. 장애 조치 뒤에 쓴 것은 잃습니다.`,
      cancel: (machine: string) =>
        `${machine}의 복제본 컴퓨터를 제거하며, 장애 조치 뒤에 쓴 것은 잃습니다. 원본은 다시 쓸 수 있고 계속 실행됩니다.`,
      reprotect: (machine: string) =>
        `${machine}의 복제본 컴퓨터와 원본이 서로 다른 부분을 원본의 디스크에 덮어씁니다. 컴퓨터는 마스터 대상에서 계속 실행됩니다.`,
      failback: (machine: string) =>
        `${machine}의 복제본 컴퓨터를 종료하고 마지막 쓰기를 원본으로 가져온 뒤 원본이 이어받습니다. 그동안 컴퓨터는 멈춰 있습니다.`,
      cleanup: (machine: string) =>
        `${machine}의 테스트 사본을 끝내고 사본이 쓴 것을 모두 제거합니다. 원본과 복제본은 건드리지 않습니다.`,
    },
    notes: "메모",
    notesHint: "나중에 알아야 할 내용입니다. 장애 조치와 함께 보관됩니다.",
    grace: "종료 대기 시간(초)",
    graceHint: "0~3,600이며, 지나면 전원을 끊습니다. 정하지 않으면 120입니다.",
    newDisks: "원본의 장치",
    newDisksLead: "원본의 디스크를 잃은 경우에만, 이제부터 사용할 원본의 장치를 적습니다. 비워 두면 전과 같습니다.",
    device: (disk: string) => `${disk}의 장치`,
    path: "절대 경로, 예: /dev/sdb",
    overwrite: "그 장치에 있는 내용을 덮어쓰기",
    begun: (what: string) => `${what}: 시작했습니다.`,
  },
});
