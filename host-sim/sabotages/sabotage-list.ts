import { GUEST_SABOTAGES } from './guest-sabotages.js';
import { MEMORY_SABOTAGES } from './memory-sabotages.js';
import { ORDER_SABOTAGES } from './order-sabotages.js';
import { OWNERSHIP_SABOTAGES } from './ownership-sabotages.js';
import { POLL_SABOTAGES } from './poll-sabotages.js';
import { ROOM_SABOTAGES } from './room-sabotages.js';
import type { Sabotage } from './sabotage.js';
import { SIGNATURE_SABOTAGES } from './signature-sabotages.js';
import { TIME_SABOTAGES } from './time-sabotages.js';

/** Every defence of the firmware that is taken out, one at a time; `catches.json` has the world that finds each out. */
export const SABOTAGES: readonly Sabotage[] = Object.freeze([
  ...ORDER_SABOTAGES,
  ...GUEST_SABOTAGES,
  ...SIGNATURE_SABOTAGES,
  ...TIME_SABOTAGES,
  ...MEMORY_SABOTAGES,
  ...POLL_SABOTAGES,
  ...ROOM_SABOTAGES,
  ...OWNERSHIP_SABOTAGES,
]);
