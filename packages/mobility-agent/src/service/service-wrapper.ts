/** What makes a program a service of Windows, and is asked to do so. */
export interface ServiceWrapper {
  state(): Promise<ServiceState>;
  /** By the definition that lies beside it. */
  install(): Promise<void>;
  uninstall(): Promise<void>;
  start(): Promise<void>;
  /** Settles when it has ended. */
  stop(): Promise<void>;
}

export type ServiceState = "absent" | "stopped" | "running";
