import { readFileSync } from 'node:fs';
import { EXIT_CODES, Failure } from '../../tools/latchkey/owner/failure.js';
import { writeDurably } from '../io/key-value.js';
import type { ToldTime } from '../lock-host.js';
import type { DoorState } from '../world/door-world.js';

/** Everything around a simulated lock that stays as it is while no process looks after it. */
export interface WorldState {
  readonly door: DoorState;
  readonly batteryMilliVolts: number;
  readonly powerOn: boolean;
  readonly networkOn: boolean;
  readonly clockSource: ToldTime;
  readonly clockOffsetSeconds: number;
}

export const FIRST_WORLD: WorldState = Object.freeze({
  door: Object.freeze({ extension: 1, doorOpen: false, jammed: false, switchesDead: false, caseOpen: false }),
  batteryMilliVolts: 6_000,
  powerOn: true,
  networkOn: true,
  clockSource: 'host',
  clockOffsetSeconds: 0,
});

/**
 * Reads the world of a folder; a missing file is the first day of a lock.
 * @throws Failure where the file holds anything else than a world
 */
export function readWorld(path: string): WorldState {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return FIRST_WORLD;
    throw error;
  }
  const world = parseWorld(text);
  if (world === undefined) {
    throw new Failure(
      EXIT_CODES.failed,
      `${path} holds no world: remove it, and the door is locked and closed`,
    );
  }
  return world;
}

export function writeWorld(path: string, world: WorldState): void {
  writeDurably(path, Buffer.from(`${JSON.stringify(world)}\n`));
}

/** What an earlier version did not write has its first value. */
function parseWorld(text: string): WorldState | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const read = value as { readonly [Name in keyof WorldState]?: unknown };
  if (typeof (read.door ?? {}) !== 'object') return undefined;
  const world = { ...FIRST_WORLD, ...read, door: { ...FIRST_WORLD.door, ...(read.door as object) } };
  return isWorld(world) ? world : undefined;
}

function isWorld(world: { readonly [Name in keyof WorldState]: unknown }): world is WorldState {
  const door = world.door as { readonly [Name in keyof DoorState]: unknown };
  return (
    isNumber(door.extension, 0, 1) &&
    [door.doorOpen, door.jammed, door.switchesDead, door.caseOpen, world.powerOn, world.networkOn].every(
      (flag) => typeof flag === 'boolean',
    ) &&
    isNumber(world.batteryMilliVolts, 0, 65_535) &&
    isNumber(world.clockOffsetSeconds, -(2 ** 40), 2 ** 40) &&
    (world.clockSource === 'host' || world.clockSource === 'none')
  );
}

function isNumber(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && value >= min && value <= max;
}
