import type { FaultPlan } from '../world/fault-plan.js';
import type { FirstDayParts, FirstDayTeller } from './first-day.js';

/** How a life that is told in full differs from one that a seed draws. */
export interface Staging {
  /** One fault of all that can be. */
  readonly plan?: FaultPlan;
  /** In place of the tool that pairs and registers the lock before anything goes wrong. */
  readonly firstDay?: (parts: FirstDayParts) => FirstDayTeller;
  /** How long nothing goes wrong at the end; CALM_MS where absent. */
  readonly calmMs?: number;
  /** The life may end before its hours are over: asked once a virtual second. */
  readonly isOver?: () => boolean;
  /** Between two polls, in place of the firmware's own. */
  readonly pollIntervalMs?: number;
}
