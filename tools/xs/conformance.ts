import type { XsEngineName } from '../../firmware/targets/xs-host/engine-choice.js';
import { transcriptOnNode, transcriptOnXs } from './transcript.js';

const ENGINES: readonly XsEngineName[] = ['native', 'small', 'noble'];

/** What one engine on XS said, beside noble on Node. */
export interface Comparison {
  readonly engine: string;
  readonly lines: number;
  readonly differences: number;
  /** The first line that differs, as XS told it. */
  readonly first?: string;
}

/** Tells the transcript with every engine on XS, and counts the lines that Node tells otherwise. */
export async function compareTranscripts(runner: string): Promise<readonly Comparison[]> {
  const reference = await transcriptOnNode();
  return ENGINES.map((engine) => {
    const told = transcriptOnXs(runner, engine);
    const count = Math.max(told.length, reference.length);
    const different = Array.from({ length: count }, (_, i) => i).filter((i) => told[i] !== reference[i]);
    const [first] = different;
    return {
      engine,
      lines: told.length,
      differences: different.length,
      ...(first !== undefined && { first: told[first] ?? 'the transcript ends early' }),
    };
  });
}
