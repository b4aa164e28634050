import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { XsEngineName } from '../../firmware/targets/xs-host/engine-choice.js';
import { decodeMessage, encodeMessage } from '../../firmware/targets/xs-host/frame.js';
import type { XsHost } from '../../firmware/targets/xs-host/xs-host.js';
import { XsProcess } from '../../host-sim/engines/xs-process.js';
import { ROOT } from '../../host-sim/engines/xs-runner.js';

/** Started by its path on either side, as a program is. */
const PROGRAM = 'dist/tests/xs/transcript-program.js';
const VECTORS = 'tests/vectors';
/** Random keys, digests and signatures a section. */
const SAMPLES = 12;

/** Tells the conformance transcript on XS. @param runner - what `buildXsRunner` gave */
export function transcriptOnXs(runner: string, engine: XsEngineName): readonly string[] {
  const xs = new XsProcess(runner, PROGRAM);
  try {
    for (const request of requests(engine)) xs.send(request);
    const lines: string[] = [];
    while (takeLines(xs.receive(), lines)) {
      // Until the program says that it is done.
    }
    return lines;
  } finally {
    xs.close();
  }
}

/** Tells the same on Node, with noble, which is the reference. */
export async function transcriptOnNode(): Promise<readonly string[]> {
  const { default: program } = (await import(pathToFileURL(join(ROOT, PROGRAM)).href)) as {
    readonly default: (host: Pick<XsHost, 'receive' | 'send'>) => void;
  };
  const waiting = [...requests('noble')];
  const lines: string[] = [];
  program({
    receive: () => {
      const frame = waiting.shift();
      return frame && new Uint8Array(frame).buffer;
    },
    send: (frame) => void takeLines(frame, lines),
  });
  return lines;
}

function requests(engine: XsEngineName): readonly Uint8Array[] {
  const files = readdirSync(join(ROOT, VECTORS)).filter((name) => name.endsWith('.json'));
  return [
    ...files.map((name) => {
      const bytes = new Uint8Array(readFileSync(join(ROOT, VECTORS, name)));
      return encodeMessage({ kind: 'file', name, bytes });
    }),
    encodeMessage({ kind: 'tell', engine, sampleCount: SAMPLES }),
  ];
}

/** @returns whether more will come */
function takeLines(frame: Uint8Array, lines: string[]): boolean {
  const message = decodeMessage(frame);
  if (message.kind !== 'lines') return false;
  lines.push(
    ...Buffer.from(message['bytes'] as Uint8Array)
      .toString('utf8')
      .split('\n'),
  );
  return true;
}
