/** The agent of this home as the trial starts it: a service of the machine, or a process by itself. */
export interface AgentService {
  /**
   * Has what runs drain and end, and then starts the one that the installed program chooses. Under a manager of services that is one order, which stands whatever becomes of
   * who gave it. Settles once what ran has ended; false when that could not be had, and the one before may run on.
   */
  restart(): Promise<boolean>;
  /** Starts the one that the installed program chooses, unless somebody else has. It goes on without its starter. */
  start(): Promise<void>;
  /** Whether one runs, or is about to. */
  isRunning(): Promise<boolean>;
}
