/** Asks a person; the real one shows its questions on stderr. @throws Failure where there is nobody to ask */
export interface Prompt {
  /** Shows nothing of what is typed. */
  secret(question: string): Promise<string>;
  text(question: string): Promise<string>;
  confirm(question: string): Promise<boolean>;
}

/** All that the tool knows of the world around it: tests give it another one. */
export interface ToolIo {
  readonly stdout: { write(text: string): void };
  readonly stderr: { write(text: string): void };
  /** One line that is drawn over again while something is waited for; absent where nobody watches a terminal. */
  readonly progress?: { show(text: string): void; clear(): void };
  readonly prompt: Prompt;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly homeDirectory: string;
  /** IANA name of the zone in which times are shown and typed. */
  readonly timeZone: string;
  readonly nowUnixMs: () => number;
  /** Ends at once when `signal` ends. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Ends what runs until somebody stops it: `watch`, `sink`. */
  readonly signal?: AbortSignal;
}
