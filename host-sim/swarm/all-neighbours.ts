import { Blackouts } from './blackouts.js';
import { DarkHour } from './dark-hour.js';
import { EmptyBattery } from './empty-battery.js';
import { FloodingGuest } from './flooding-guest.js';
import { Household } from './household.js';
import { Impostor } from './impostor.js';
import { Lodgers } from './lodgers.js';
import { LooseFuse } from './loose-fuse.js';
import { Misfortunes } from './misfortunes.js';
import type { NeighbourFactory } from './neighbour.js';
import { PasserBy } from './passer-by.js';
import { Visitors } from './visitors.js';

/** Everybody who lives beside a simulated lock; the first is the first to start, and to be calm. */
export const NEIGHBOURS: readonly NeighbourFactory[] = Object.freeze([
  (neighbourhood) => new Misfortunes(neighbourhood),
  (neighbourhood) => new Household(neighbourhood),
  (neighbourhood) => new Lodgers(neighbourhood),
  (neighbourhood) => new Impostor(neighbourhood),
  (neighbourhood) => new FloodingGuest(neighbourhood),
  (neighbourhood) => new Blackouts(neighbourhood),
  (neighbourhood) => new Visitors(neighbourhood),
  (neighbourhood) => new LooseFuse(neighbourhood),
  (neighbourhood) => new PasserBy(neighbourhood),
  (neighbourhood) => new DarkHour(neighbourhood),
  (neighbourhood) => new EmptyBattery(neighbourhood),
]);
