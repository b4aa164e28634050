import { flippable } from './flip-source.js';

interface Loaded {
  readonly format: string;
  readonly shortCircuit?: boolean;
  readonly source?: string | ArrayBuffer | Uint8Array;
}
type Load = (url: string, context: object) => Promise<Loaded>;

let firstNumbers: ReadonlyMap<string, number> = new Map();

/** Node calls it in the thread of its loader. @param numbers - by URL, the number of a module's first branch */
export function initialize(numbers: ReadonlyMap<string, number>): void {
  firstNumbers = numbers;
}

/** Makes those modules flippable as they are loaded. @see Node's documentation of `module.register` */
export async function load(url: string, context: object, nextLoad: Load): Promise<Loaded> {
  const loaded = await nextLoad(url, context);
  const first = firstNumbers.get(url);
  if (first === undefined || loaded.source === undefined) return loaded;
  const text = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source);
  return { ...loaded, source: flippable(text, first).source };
}
