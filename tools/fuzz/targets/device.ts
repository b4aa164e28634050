import { encodeLockState, FIRST_STATE } from '../../../firmware/lock/lock-state.js';
import type { Target } from '../target.js';
import { FULL_STATE } from './flash.js';
import { LockScript, STEP_BYTES, step } from './lock-script.js';
import { LockTool } from './lock-tool.js';
import { LockWorld } from './lock-world.js';
import { linear } from './seed-bytes.js';

type Flash = ReadonlyMap<string, Uint8Array>;
let flashes: readonly Flash[] | undefined;

/**
 * A whole lock as a machine: any inputs in any order, numbers and answers that are none included. Nothing is thrown,
 * what one input costs is bounded, and it opens for nobody who may not.
 */
export const deviceTarget: Target = {
  name: 'device',
  shape: { kind: 'records', width: STEP_BYTES },
  share: 8,
  bytesMax: 40 * STEP_BYTES,
  seeds: () => SCRIPTS.map((steps) => Uint8Array.from(steps.flat())),
  run: (input: Uint8Array) => {
    flashes ??= preparedFlashes();
    const all = flashes;
    const world = new LockWorld(all[(input[3] ?? 0) % all.length] ?? new Map());
    world.give({ kind: 'boot' });
    new LockScript(world).play(input);
  },
  stepsMax: linear(100_000, 4_000),
};

/** A whole record of the state, whatever it says: the lock boots from it, reports, and opens for nobody. */
export const bootTarget: Target = {
  name: 'boot',
  shape: { kind: 'cbor' },
  share: 8,
  bytesMax: 17_000,
  seeds: () => [FIRST_STATE, FULL_STATE].map(encodeLockState),
  run: (input: Uint8Array) => {
    flashes ??= preparedFlashes();
    const world = new LockWorld(flashes[2] ?? new Map());
    world.isForged = true;
    world.reseal('state', () => input);
    world.reboot();
    new LockScript(world).play(Uint8Array.from([...WAKE, step('time', 4), step('settle')].flat()));
  },
  stepsMax: linear(70_000, 60),
};

// How a mined step says an order's action: see `LockScript`.
export const UNLOCK = 13;
const LOCK = 12;
/** What wakes a lock: its sensors, and the time. */
export const WAKE = [step('settle'), step('sense', 1, 1), step('sense', 0, 0), step('clock'), step('settle')];
const SCRIPTS: readonly (readonly (readonly number[])[])[] = [
  [step('time', 2), ...WAKE, step('time', 4), step('settle')],
  // Orders of the owner, of a guest, of a stranger, with an honest node.
  [
    step('time', 0, 0, 2),
    ...WAKE,
    step('mine', 0, UNLOCK, 1),
    step('time', 2),
    step('settle'),
    step('sense', 0, 1),
    step('settle'),
    step('mine', 1, UNLOCK, 1),
    step('mine', 2, UNLOCK, 1),
    step('mine', 0, LOCK, 2),
    step('time', 2),
    step('settle'),
    step('time', 4),
    step('settle'),
  ],
  // A node that lies, flash that fails, a sink that refuses.
  [
    step('time', 0, 0, 1),
    ...WAKE,
    step('mine', 0, UNLOCK, 2),
    step('time', 2),
    step('node', 7),
    step('node', 4, 3, 9),
    step('node', 7),
    step('time', 5),
    step('node', 7),
    step('node', 7),
    step('node', 5, 1, 1),
    step('flash', 0),
    step('flash', 1),
    step('sink', 1),
    step('time', 8),
    step('settle'),
    step('reboot', 1),
    ...WAKE,
  ],
  // Pairing from the first press on, then a new owner without the old one's word.
  [
    step('time', 0),
    ...WAKE,
    step('press'),
    step('pairing', 4),
    step('pairing', 7, 0),
    step('settle'),
    step('pairing', 7, 1),
    step('pairing', 7, 2),
    step('settle'),
    step('pairing', 7, 3),
    step('pairing', 7, 4),
    step('settle'),
    step('time', 8),
    step('settle'),
    step('pairing', 5, 4),
    step('pairing', 1),
    step('press', 3),
    step('settle'),
    step('reboot', 0),
    ...WAKE,
  ],
  // Records of another making.
  [
    step('time', 0, 0, 2),
    ...WAKE,
    step('reboot', 5, 7, 7),
    ...WAKE,
    step('reboot', 3, 1, 1),
    ...WAKE,
    step('reboot', 6, 2),
  ],
  // Sensors, clocks and answers that are none.
  [
    step('time', 0, 0, 2),
    ...WAKE,
    step('sense', 2, 1),
    step('clock', 1, 1),
    step('stray', 1, 1),
    step('stray', 3, 2),
    step('stray', 4, 4),
    step('stray', 5, 5),
    step('sense', 1, 0),
    step('sense', 3, 0),
    step('time', 7),
    step('settle'),
  ],
];

/** Flash of locks to begin with: new, with an owner, and with one and a guest. */
export function preparedFlashes(): readonly Flash[] {
  const world = new LockWorld(new Map());
  const script = new LockScript(world);
  const play = (...steps: readonly (readonly number[])[]) => script.play(Uint8Array.from(steps.flat()));
  world.give({ kind: 'boot' });
  play(...WAKE);
  const fresh = new Map(world.flash);
  play(step('press'));
  const tool = new LockTool(world);
  tool.open();
  world.give({ kind: 'pairing-received', bytes: tool.seal(tool.request(0)) });
  play(step('settle'), step('time', 2), step('settle'));
  const paired = new Map(world.flash);
  // A grant of both rights to the guest.
  play(step('mine', 3, 0, 1), step('time', 2), step('settle'), step('time', 2), step('settle'));
  return [fresh, paired, new Map(world.flash)];
}
