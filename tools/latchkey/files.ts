import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { EXIT_CODES, Failure } from './owner/failure.js';

/** Writes a file that only its owner may read, whole or not at all. */
export function writePrivateFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.new`;
  const handle = openSync(draft, 'w', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(draft, path);
}

/** @returns the file's text @throws Failure `usage` that names the file and not its content */
export function readTextFile(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new Failure(EXIT_CODES.usage, `cannot read ${what} ${path}: is it there, and may you read it?`);
  }
}

/** @returns the first line of a file without its end, as passwords are kept */
export function readFirstLine(path: string, what: string): string {
  return (readTextFile(path, what).split('\n')[0] ?? '').replace(/\r$/, '');
}

/** @returns what is in a JSON file, or undefined where there is none @throws Failure where it is no object */
export function readJsonFile(path: string): Readonly<Record<string, unknown>> | undefined {
  if (!existsSync(path)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(readTextFile(path, 'the file'));
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(EXIT_CODES.usage, `${path} is not JSON: mend it, or move it away`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Failure(EXIT_CODES.usage, `${path} holds no JSON object: mend it, or move it away`);
  return value as Readonly<Record<string, unknown>>;
}
