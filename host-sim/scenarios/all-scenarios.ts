import type { Scenario } from './scenario.js';
import { ADOPTION_DAY } from './stories/adoption-day.js';
import { FACTORY_RESET } from './stories/factory-reset.js';
import { FIRST_DAY } from './stories/first-day.js';
import { GUESTS_DAY } from './stories/guests-day.js';
import { HANDOVER } from './stories/handover.js';
import { JAM_UNHEARD } from './stories/jam-unheard.js';
import { OUTBOX_FULL } from './stories/outbox-full.js';
import { PRIVACY_AND_VACATION } from './stories/privacy-and-vacation.js';
import { RELOCK_AT_THE_DOOR } from './stories/relock-at-the-door.js';
import { SALE_AND_VETO } from './stories/sale-and-veto.js';
import { TWO_DAYS_AWAY } from './stories/two-days-away.js';
import { UNLOCK_AND_LOCK } from './stories/unlock-and-lock.js';
import { WORN_FLASH } from './stories/worn-flash.js';

/** Every scenario that is told once for each single fault. */
export const SCENARIOS: readonly Scenario[] = Object.freeze([
  UNLOCK_AND_LOCK,
  RELOCK_AT_THE_DOOR,
  GUESTS_DAY,
  HANDOVER,
  PRIVACY_AND_VACATION,
  FIRST_DAY,
  SALE_AND_VETO,
  TWO_DAYS_AWAY,
  JAM_UNHEARD,
  WORN_FLASH,
  FACTORY_RESET,
  ADOPTION_DAY,
  OUTBOX_FULL,
]);
