import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES, Failure } from '../../tools/latchkey/owner/failure.js';

/** A process and the instant at which it began: numbers alone are used again. */
interface Holder {
  readonly pid: number;
  /** The kernel's ticks at its start; empty where the system does not say. */
  readonly born: string;
}

/**
 * Takes a folder for this process alone, so that two locks never write to one flash. What a killed process left
 * behind is taken over.
 * @returns a function that gives the folder back
 * @throws Failure where another process that runs has it
 */
export function claimFolder(
  folder: string,
  bornOf: (pid: number) => string | undefined = bornFromProc,
): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'pid');
  const self = `${process.pid} ${bornOf(process.pid) ?? ''}\n`;
  for (let tries = 0; tries < 8; tries++) {
    try {
      place(path, self);
      return () => {
        if (readText(path) === self) rmSync(path, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const text = readText(path);
    if (text === undefined) continue;
    const holder = parseHolder(text);
    if (holder !== undefined && lives(holder, bornOf)) {
      throw new Failure(
        EXIT_CODES.failed,
        `a lock runs in ${folder} already (process ${holder.pid}): end it, or name another folder with --data`,
      );
    }
    // Only one of several that found it dead may take it away: the rename is what decides.
    const aside = `${path}.${process.pid}`;
    try {
      renameSync(path, aside);
    } catch {
      continue;
    }
    const taken = readText(aside);
    rmSync(aside, { force: true });
    if (taken !== text && taken !== undefined) place(path, taken);
  }
  throw new Failure(EXIT_CODES.failed, `${folder} is being taken by several processes at once: try again`);
}

/** Whoever sees the file sees all of it. @throws Error `EEXIST` where there is one already */
function place(path: string, text: string): void {
  const aside = `${path}.${process.pid}.new`;
  writeFileSync(aside, text, { mode: 0o600 });
  try {
    linkSync(aside, path);
  } finally {
    rmSync(aside, { force: true });
  }
}

/** @returns the process that has a folder, or undefined */
export function holderOf(folder: string): number | undefined {
  const text = readText(join(folder, 'pid'));
  const holder = text === undefined ? undefined : parseHolder(text);
  return holder !== undefined && lives(holder, bornFromProc) ? holder.pid : undefined;
}

function lives({ pid, born }: Holder, bornOf: (pid: number) => string | undefined): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, as somebody else's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return (bornOf(pid) ?? '') === born;
}

function parseHolder(text: string): Holder | undefined {
  const match = /^([1-9][0-9]{0,9}) ([0-9]*)\n$/.exec(text);
  return match?.[1] === undefined ? undefined : { pid: Number(match[1]), born: match[2] ?? '' };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** @see proc(5), /proc/pid/stat: field 22; the name in field 2 may hold blanks and brackets */
function bornFromProc(pid: number): string | undefined {
  return readText(`/proc/${pid}/stat`)?.split(') ').pop()?.split(' ')[19];
}
