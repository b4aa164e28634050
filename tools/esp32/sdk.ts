import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The chip of a board is the end of its name, and Moddable's name for the chip follows from it. */
const PLATFORMS: Readonly<Record<string, string>> = Object.freeze({
  c3: 'esp32/esp32c3',
  s3: 'esp32/esp32s3',
  classic: 'esp32',
});
const BOARDS = 'firmware/targets/esp32/boards';

/** What is said where the SDK is missing: two lines. */
export const NO_SDK = [
  'The Moddable SDK (8.2 or newer) is not here: no MODDABLE in the environment, or no mcconfig on PATH.',
  'Get it from https://github.com/Moddable-OpenSource/moddable, with ESP-IDF, as documentation/devices/esp32.md there says.',
].join('\n');

/** @returns the names of all boards, from their files */
export function boardNames(root: string): readonly string[] {
  return readdirSync(join(root, BOARDS))
    .map((file) => file.replace(/\.ts$/, ''))
    .filter((name) => platformOf(name) !== undefined)
    .sort();
}

/** @returns what mcconfig calls the board's chip, or undefined for no board of ours */
export function platformOf(board: string): string | undefined {
  return PLATFORMS[board.split('-').at(-1) ?? ''];
}

/** @returns the SDK's folder where it is whole: named in the environment, and its tool on PATH */
export function findSdk(environment: NodeJS.ProcessEnv): string | undefined {
  const folder = environment['MODDABLE'];
  if (folder === undefined || !existsSync(join(folder, 'xs'))) return undefined;
  const places = (environment['PATH'] ?? '').split(delimiter);
  return places.some((place) => existsSync(join(place, 'mcconfig'))) ? folder : undefined;
}

export interface BuildOptions {
  readonly board: string;
  readonly what: 'build' | 'deploy';
  /** With the debugger: it takes the serial port of the USB socket. */
  readonly debug: boolean;
  readonly buildUnixSeconds: number;
  /** 0x hex. */
  readonly pairingSecret: string;
}

/** @returns the arguments of mcconfig @throws Error where there is no such board */
export function mcconfigArguments(options: BuildOptions): readonly string[] {
  const platform = platformOf(options.board);
  if (platform === undefined) throw new Error(`no board ${options.board}`);
  return [
    ...(options.debug ? ['-d'] : []),
    '-m',
    ...['-p', platform, '-t', options.what],
    `board=${options.board}`,
    `buildUnixSeconds=${options.buildUnixSeconds}`,
    `pairingSecret=${options.pairingSecret}`,
  ];
}

/**
 * The pairing secret of the board that is built now: made once and kept in a file that only its owner may read, to
 * be printed as a QR code. A second board of the same kind wants a file of its own: move the first away.
 */
export function pairingSecretOf(
  root: string,
  board: string,
): { readonly secret: string; readonly file: string } {
  const folder = join(root, '.latchkey');
  const file = join(folder, `${board}.pairing-secret`);
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, `0x${randomBytes(16).toString('hex')}\n`, { mode: 0o600 });
  }
  return { secret: readFileSync(file, 'utf8').trim(), file };
}
