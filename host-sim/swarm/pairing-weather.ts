import type { Prng } from '../world/prng.js';

/** How much happens at a lock's pairing port, rates per hour. */
export interface PairingWeather {
  /** The owner changes settings, or looks. */
  readonly ownersVisitsPerHour: number;
  /** People without the secret, and bytes that nobody meant. */
  readonly strangersPerHour: number;
  /** A guest inside who has seen the secret presses the button and asks for what is not theirs. */
  readonly insidersPerHour: number;
  /** The token goes to somebody of whom the lock is not told. */
  readonly salesPerHour: number;
  /** Of the sales, those that the seller regrets: the buyer meets a veto. */
  readonly regrets: number;
  /** The button is held for ten seconds. */
  readonly resetsPerHour: number;
  /** Whether the owner pairs a lock anew that was reset; else it is nobody's from then on. */
  readonly isPairedAnew: boolean;
}

/**
 * Draws what happens at the pairing port of a world; as a rule nothing does.
 * @param hasRollbacks - who puts old flash back also brings back what was vetoed: nobody adopts in such a world
 * @returns undefined where nobody comes
 */
export function drawPairingWeather(prng: Prng, hasRollbacks: boolean): PairingWeather | undefined {
  const isSome = prng.chance(0.3);
  const some = (worst: number, chance: number) => (prng.chance(chance) ? prng.fraction() * worst : 0);
  const weather: PairingWeather = {
    ownersVisitsPerHour: some(1.5, 0.6),
    strangersPerHour: some(2, 0.6),
    insidersPerHour: some(1.5, 0.6),
    salesPerHour: some(0.5, 0.6),
    regrets: prng.pick([0, 0, 0.5]),
    resetsPerHour: some(0.3, 0.3),
    isPairedAnew: prng.chance(0.8),
  };
  return isSome && !hasRollbacks ? weather : undefined;
}
