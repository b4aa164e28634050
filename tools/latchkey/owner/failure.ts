/** What the program tells its caller on exit. */
export const EXIT_CODES = Object.freeze({ ok: 0, failed: 1, usage: 2, network: 3, noReceipt: 4 } as const);

/** A failure that a person can mend: its message is one line that says what to do next. */
export class Failure extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string) {
    super(message);
    this.name = 'Failure';
    this.exitCode = exitCode;
  }
}

/** The shortest true words of an error from a library, on one line. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) {
    const short = (error as { shortMessage?: unknown }).shortMessage;
    return (typeof short === 'string' ? short : error.message).split('\n')[0] ?? 'unknown error';
  }
  return String(error);
}
