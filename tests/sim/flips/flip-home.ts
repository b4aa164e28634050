import { guardEngine } from '../../../firmware/crypto/guarded-engine.js';
import { REORG_BLOCKS } from '../../../firmware/protocol/limits.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { FOR_EVER_SECONDS } from '../../../firmware/protocol/terms.js';
import { chooseHostEngine } from '../../../host-sim/engines/host-engine.js';
import { LockWorld } from '../../unit/lock/fixture.js';
import { GUEST, type Mined, OWNER, person } from '../../unit/lock/signer.js';
import type { WorldOptions } from '../../unit/lock/world-options.js';
import type { Flips } from './flips.js';

/** Something that must not draw the bolt, whichever branch goes wrong while it happens. */
export interface Story {
  readonly name: string;
  readonly from?: Home;
  readonly options?: WorldOptions;
  /** Before it boots. */
  readonly asleep?: (world: LockWorld) => void;
  /** Before anything is flipped. */
  readonly before?: (world: LockWorld) => void;
  readonly happen: (world: LockWorld) => void;
  /** Where the bolt may be drawn as long as this is not so. */
  readonly isForbidden?: (world: LockWorld) => boolean;
  /** The control: it must draw the bolt while nothing is flipped. */
  readonly isTrue?: true;
}

/** A lock that has lived a little: what flash, chain and clock were then. */
export interface Home {
  readonly world: LockWorld;
  /** An unlock of the owner that was obeyed, and the lock after it. */
  readonly obeyed: Mined;
}

export const LOCKER = person(4);
export const FORMER = person(5);
export const WEEKLY = person(6);
export const USED = person(7);
export const OVER = person(8);
export const EARLY = person(9);
export const THREE = ['http://a.example/', 'http://b.example/', 'http://c.example/'] as const;
/** Three times what the longest story takes. */
const STEPS_MAX = 40_000;
/** Most of the time goes into signatures that a flip has made unlike those before. */
const FAST = guardEngine(chooseHostEngine());
export const MONTH_SECONDS = 30 * 86_400;
/** Terms without any limit. */
export const EVER = Object.freeze({
  notBeforeSeconds: 0,
  notAfterSeconds: FOR_EVER_SECONDS,
  rights: 3,
  weekdays: 0,
  dayStartMinutes: 0,
  dayEndMinutes: 0,
  uses: 0,
  epoch: 1,
});

/** An owner, guests of every kind, an unlock and a lock that were obeyed. */
function livedIn(texts: ReadonlyMap<string, string> = new Map(), endpoints?: readonly string[]): Home {
  const world = new LockWorld({ texts }).boot().pair(OWNER, endpoints);
  const now = world.nowSeconds;
  world.grant(OWNER, 0, GUEST, {});
  world.grant(OWNER, 1, LOCKER, { rights: 1 });
  world.grant(OWNER, 2, FORMER, { serial: now - 5 });
  world.grant(OWNER, 3, FORMER, { serial: now - 4, rights: 0 });
  // NOW is a Friday, 08:00 UTC.
  world.grant(OWNER, 4, WEEKLY, { dayStartMinutes: 600, dayEndMinutes: 660 });
  world.grant(OWNER, 5, USED, { uses: 1 });
  world.grant(OWNER, 6, OVER, { notAfterSeconds: now + 5 });
  world.grant(OWNER, 7, EARLY, { notBeforeSeconds: now + MONTH_SECONDS });
  world.pass(3_000);
  world.order(USED, 0, { action: ACTION.unlock });
  world.pass(3_000);
  const obeyed = world.order(OWNER, 10, { action: ACTION.unlock });
  world.pass(3_000);
  world.order(OWNER, 11, { action: ACTION.lock });
  world.pass(9_000);
  return { world, obeyed };
}

function withModes(...actions: readonly number[]): Home {
  const home = livedIn();
  for (const [i, action] of actions.entries()) home.world.order(OWNER, 12 + i, { action });
  home.world.pass(3_000);
  return home;
}

export const HOME = livedIn();
export const PRIVATE = withModes(ACTION.privacyOn);
export const VACANT = withModes(ACTION.vacationOn);
export const STRICT = livedIn(new Map([['strict-after-boot', 'on']]));
export const SILENT = livedIn(new Map([['guest-lease', '1']]), THREE);

/** @returns whether the bolt was driven towards unlocked */
export function tell(story: Story, flips: Flips): boolean {
  const world = returnTo(story.from ?? HOME, story.options ?? {});
  story.asleep?.(world);
  world.boot();
  world.pass(2_000);
  story.before?.(world);
  world.driven.length = 0;
  const { device } = world;
  const handle = device.handle.bind(device);
  device.handle = (input, uptimeMs) => {
    flips.turn(true);
    try {
      return handle(input, uptimeMs);
    } finally {
      flips.turn(false);
    }
  };
  flips.allow(STEPS_MAX);
  try {
    story.happen(world);
  } catch {
    // A lock that stops is secure: its board starts it again.
  }
  return world.driven.includes('unlocked') && story.isForbidden?.(world) !== false;
}

function returnTo({ world: home }: Home, options: WorldOptions): LockWorld {
  const world = new LockWorld({ bolt: 'locked', device: { engine: FAST }, ...options, flash: home.flash });
  world.startSeconds = home.nowSeconds;
  // What was said is in flash, and so far back that no node is asked for it.
  world.head = home.head + 2 * REORG_BLOCKS;
  return world;
}
