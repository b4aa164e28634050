import { countSteps } from './count-steps.js';
import { PLACES_MAX } from './step-counter.js';

interface Loaded {
  readonly format: string;
  readonly shortCircuit?: boolean;
  readonly source?: string | ArrayBuffer | Uint8Array;
}
type Load = (url: string, context: object) => Promise<Loaded>;

let counted = 'never:';
let places = 0;

/** Node calls it in the thread of its loader. @param folder - URL of the folder whose modules are counted */
export function initialize(folder: string): void {
  counted = folder;
}

/** Puts counters into the modules of that folder as they are loaded. @see Node's documentation of `module.register` */
export async function load(url: string, context: object, nextLoad: Load): Promise<Loaded> {
  const loaded = await nextLoad(url, context);
  if (!url.startsWith(counted) || loaded.source === undefined) return loaded;
  const text = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source);
  const { source, places: more } = countSteps(text, places);
  places += more;
  if (places > PLACES_MAX) throw new RangeError(`more than ${PLACES_MAX} places to count`);
  return { ...loaded, source };
}
