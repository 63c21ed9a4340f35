/** The agent of this home as the trial starts and stops it: a service of the machine, or a process by itself. */
export interface AgentService {
  /** Asks it to drain and end; settles once none runs in the home, whatever that took. */
  stop(): Promise<void>;
  /** Starts the one that the installed program chooses, unless somebody else has. It goes on without its starter. */
  start(): Promise<void>;
  /** Whether one has the home. */
  isRunning(): Promise<boolean>;
}
