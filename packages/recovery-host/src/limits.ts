// Everything has a limit; these are the package's.

export const CPUS_MAX = 255;
export const MEMORY_MIB_MIN = 16;
export const MEMORY_MIB_MAX = 4 * 1_024 * 1_024;
export const DISKS_MAX = 26;
export const NICS_MAX = 8;
export const FORWARDS_MAX = 16;
export const NAME_LETTERS_MAX = 255;

/** What is stored of a machine, bytes. */
export const RECORD_BYTES_MAX = 1 << 20;

/** What a hypervisor keeps of a console while nobody reads it, bytes; a power of two. */
export const CONSOLE_RING_BYTES = 1 << 20;
/** The console's file; when it is full it becomes the earlier one, in the place of that before. Bytes. */
export const CONSOLE_FILE_BYTES = 1 << 20;
/** What a hypervisor's process says is cut off at, bytes. */
export const SAID_BYTES_MAX = 1 << 20;
/** Of what a program said, in a fault or the result of a check, letters. */
export const SAID_LETTERS_MAX = 2_000;

/** One message of QEMU's control connection, bytes: a whole ring in base64, and something around it. */
export const QMP_MESSAGE_BYTES_MAX = 2 * CONSOLE_RING_BYTES;
/** One command of it, milliseconds: a disk whose server is busy is waited for by some of them. */
export const QMP_MS_MAX = 30_000;
/** From the start of QEMU's process until it answers, milliseconds. */
export const QEMU_START_MS_MAX = 60_000;
/** From SIGKILL until the process is gone, milliseconds. */
export const PROCESS_END_MS_MAX = 30_000;
/** A `virsh` command, milliseconds. */
export const VIRSH_MS_MAX = 120_000;
/** A screen of a machine as a picture, bytes: 4,096 × 4,096 with three bytes for each dot, and something around it. */
export const SCREEN_BYTES_MAX = 64 << 20;

/** How often the consoles of machines are read while `run` is awaited, milliseconds. */
export const CONSOLE_EVERY_MS = 1_000;
/** How often a check looks, milliseconds. */
export const CHECK_EVERY_MS = 250;
/** Between two presses of the power button of a guest that is to shut down. */
export const PRESS_AGAIN_MS = 10_000;
/** One try of a check to connect, milliseconds. */
export const CONNECT_MS_MAX = 5_000;
/** What a script of a check may say, bytes of each stream. */
export const SCRIPT_OUTPUT_BYTES_MAX = 16 << 10;
/** What a guest agent may answer at once, letters: it keeps up to 16 MiB of what a program says, in base64. */
export const AGENT_ANSWER_LETTERS_MAX = 48 << 20;
/** One question to a guest agent, milliseconds. */
export const AGENT_MS_MAX = 5_000;
/** How often a guest agent is asked whether it is there, and whether a script has ended, milliseconds. */
export const AGENT_EVERY_MS = 500;
