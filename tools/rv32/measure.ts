import { ENGINES, runImage } from './emulator.js';
import { buildImage, sizeImage } from './image.js';
import { type Rv32Result, summarise } from './result.js';
import { writeStory } from './story.js';

/** Told how far a run is: what is under way, and how much of it is done. */
export type OnProgress = (what: string, done: number, of: number) => void;

/**
 * Builds the image where it is stale, and measures every engine on it.
 * @throws Error where the compiler, the emulator or the lock fails
 */
export async function measureRv32(onProgress: OnProgress): Promise<Rv32Result> {
  const image = await buildImage((done, of) => onProgress('compiling XS and the native engine', done, of));
  const story = await writeStory();
  let done = 0;
  const run = async (engine: (typeof ENGINES)[number]) => {
    const measurement = await runImage(image, engine, story);
    onProgress('running the lock on each engine', ++done, ENGINES.length);
    return measurement;
  };
  onProgress('running the lock on each engine', 0, ENGINES.length);
  const [native, typescript] = await Promise.all([run('native'), run('typescript')]);
  return summarise({ native, typescript }, sizeImage(image));
}
