import { IoError } from '../../../protocol/errors.js';
import type { Board } from './board.js';
import { MOTOR_CLASSIC } from './motor-classic.js';
import { RELAY_S3 } from './relay-s3.js';
import { SERVO_C3 } from './servo-c3.js';

/** Every board that the firmware knows. A new one is a file here, a line here and a line in the manifest. */
export const BOARDS: readonly Board[] = Object.freeze([SERVO_C3, RELAY_S3, MOTOR_CLASSIC]);

/** @throws IoError where no board has this name: pins must never be guessed */
export function boardNamed(name: unknown): Board {
  const board = BOARDS.find((candidate) => candidate.name === name);
  if (board === undefined) throw new IoError(`expected the name of a board, found ${String(name)}`);
  return board;
}
