import type { Output } from '../../../../firmware/lock/ports.js';
import { formatHex } from '../../../../firmware/protocol/hex.js';
import type { Neighbour, NeighbourFactory, Neighbourhood } from '../../../../host-sim/swarm/neighbour.js';
import { runWorld } from '../../../../host-sim/swarm/run-world.js';
import type { SimResult } from '../../../../host-sim/swarm/sim-result.js';
import { CALM_MS } from '../../../../host-sim/swarm/sim-world.js';
import type { Weather } from '../../../../host-sim/swarm/weather.js';
import type { Rumour } from '../../../../host-sim/world/hostile-node.js';
import { Prng } from '../../../../host-sim/world/prng.js';

/** What somebody who only looks on has seen of one world. */
export class Onlooker implements Neighbour {
  readonly parts: Neighbourhood;
  /** When the calm began, milliseconds. */
  calmMs = Number.POSITIVE_INFINITY;
  /** Address of the lock at the beginning, lowercase hex. */
  firstLock = '';
  /** Rumours that nodes were told, and those that they tell still. */
  readonly whispers: { readonly atMs: number; readonly rumour: Rumour }[] = [];
  readonly #telling = new Map<object, Set<string>>();
  readonly outputs: { readonly atMs: number; readonly kind: Output['kind'] }[] = [];

  constructor(parts: Neighbourhood) {
    this.parts = parts;
    for (const node of parts.nodes) this.#overhear(node);
  }

  get tellingCount(): number {
    return [...this.#telling.values()].reduce((sum, { size }) => sum + size, 0);
  }

  start(): void {
    this.firstLock = formatHex(this.parts.archive.lock20);
  }

  calm(): void {
    this.calmMs = this.parts.queue.nowMs;
  }

  output({ kind }: Output): void {
    this.outputs.push({ atMs: this.parts.queue.nowMs, kind });
  }

  #overhear(node: Neighbourhood['nodes'][number]): void {
    const telling = new Set<string>();
    this.#telling.set(node, telling);
    const [whisper, hush] = [node.whisper.bind(node), node.hush.bind(node)];
    node.whisper = (rumour) => {
      this.whispers.push({ atMs: this.parts.queue.nowMs, rumour });
      telling.add(rumour.hash);
      whisper(rumour);
    };
    node.hush = (hash) => {
      if (hash === undefined) telling.clear();
      else telling.delete(hash);
      hush(hash);
    };
  }
}

/** Lives through 70 minutes, of which the last 40 are calm, with this neighbour alone; no checker is on. */
export function liveWith(
  seed: number,
  weather: Weather,
  moveIn: NeighbourFactory,
): { readonly seen: Onlooker; readonly result: SimResult } {
  const onlookers: Onlooker[] = [];
  const look: NeighbourFactory = (parts) => {
    const onlooker = new Onlooker(parts);
    onlookers.push(onlooker);
    return onlooker;
  };
  const result = runWorld(
    { seed, hours: (CALM_MS + 1_800_000) / 3_600_000, weather, neighbours: [look, moveIn] },
    {},
  );
  const [seen] = onlookers;
  if (seen === undefined) throw new Error('nobody has looked on');
  return { seen, result };
}

/** @returns the first seed of which a stream of chance begins with this answer */
export function seedWhere(name: string, probability: number, isSo: boolean): number {
  for (let seed = 1; ; seed++) if (new Prng(seed, name).chance(probability) === isSo) return seed;
}
