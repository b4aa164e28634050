import type { Measurement } from '../../firmware/targets/rv32/measurement.js';
import { ENGINES, type EngineName, runImage, type StartHeap } from './emulator.js';
import { buildImage, compilerName, sizeImage } from './image.js';
import { type EngineRuns, FREE_BYTES, type Rv32Result, SLOT_BYTES, summarise } from './result.js';
import { writeStory } from './story.js';

/** Told how far a run is: what is under way, and how much of it is done. */
export type OnProgress = (what: string, done: number, of: number) => void;

const RUNNING = 'running the lock on each engine';

/**
 * Builds the image where it is stale, and measures every engine on it.
 * @throws Error where the compiler, the emulator or the lock fails
 */
export async function measureRv32(onProgress: OnProgress): Promise<Rv32Result> {
  const image = await buildImage((done, of) => onProgress('compiling XS and the native engine', done, of));
  const story = await writeStory();
  let done = 0;
  const run = async (engine: EngineName, heap?: StartHeap) => {
    const measurement = await runImage(image, engine, story, heap);
    onProgress(RUNNING, ++done, 2 * ENGINES.length);
    return measurement;
  };
  const measure = async (engine: EngineName): Promise<EngineRuns> => {
    const roomy = await run(engine);
    return { roomy, tight: await run(engine, tightHeap(roomy)) };
  };
  onProgress(RUNNING, 0, 2 * ENGINES.length);
  const [native, typescript] = await Promise.all([measure('native'), measure('typescript')]);
  return summarise({ native, typescript }, sizeImage(image), compilerName());
}

/** What is live, and what a device has free beside it: half for slots, half for chunks. */
function tightHeap({ running }: Measurement): StartHeap {
  return {
    slotCount: Math.ceil((running.slots + FREE_BYTES / 2) / SLOT_BYTES),
    chunkBytes: running.chunks + FREE_BYTES / 2,
  };
}
