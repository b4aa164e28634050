import { type Sabotage, sabotage } from './sabotage.js';

const CLOCK = 'lock/clock.js';

/** Of time: a floor that only refuses, and a clock that somebody vouches for. */
export const TIME_SABOTAGES: readonly Sabotage[] = Object.freeze([
  {
    name: 'floor-falls',
    says: 'The floor of time follows the clock back.',
    edits: [
      { file: CLOCK, from: 'if (seconds > secondsAt(this.#floor, uptimeMs))\n', to: 'if (true)\n' },
      {
        file: CLOCK,
        from: 'if (unixSeconds < this.read(uptimeMs).floorSeconds - BACKWARD_SECONDS_MAX)',
        to: 'if (false)',
      },
    ],
  },
  sabotage('floor-not-persisted', 'The floor of time begins anew with each boot.', 'lock/ledger.js', [
    'floorSeconds: clock.read(uptimeMs).floorSeconds,',
    'floorSeconds: state.floorSeconds,',
  ]),
  sabotage('floor-admits', 'Without a clock the floor of time is taken for the time.', 'lock/authorizer.js', [
    "if (time.nowSeconds === undefined)\n        return challenged || order.action === ACTION.lock ? undefined : 'clock';",
    '',
  ]),
  sabotage('clock-jump-believed', 'A clock that jumps by years is believed.', CLOCK, [
    'if (this.#vouched !== undefined &&\n            unixSeconds - secondsAt(this.#vouched, uptimeMs) > CLOCK_JUMP_SECONDS_MAX)',
    'if (false)',
  ]),
]);
