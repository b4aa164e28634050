import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measurement } from '../../firmware/targets/rv32/measurement.js';
import type { StoryInput } from '../../firmware/targets/rv32/story-input.js';
import { EMULATOR } from './image.js';
import { ROOT } from './root.js';

/** A run that takes longer hangs: the slowest engine needs a tenth of it. */
const RUN_MS_MAX = 300_000;

export const ENGINES = Object.freeze(['native', 'typescript'] as const);
export type EngineName = (typeof ENGINES)[number];

/** XS's heap at its start; it grows in small steps from there. */
export interface StartHeap {
  readonly slotCount: number;
  readonly chunkBytes: number;
}

/**
 * Runs the story on one engine in QEMU, which counts instructions one by one.
 * @param heap - absent means one in which nothing has to be collected
 * @throws Error with what the image said
 */
export async function runImage(
  image: string,
  engine: EngineName,
  story: StoryInput,
  heap?: StartHeap,
): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-rv32-'));
  try {
    const input = join(folder, 'story.json');
    writeFileSync(input, JSON.stringify(story));
    const words = ['rv32', `dist/firmware/targets/rv32/${engine}.js`, input];
    if (heap !== undefined) words.push(String(heap.slotCount), String(heap.chunkBytes));
    const printed = await emulate(image, words);
    const line = printed.split('\n').find((text) => text.startsWith('{'));
    if (line === undefined) throw new Error(`rv32: no measurement in: ${printed.slice(0, 2_000)}`);
    return JSON.parse(line) as Measurement;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function emulate(image: string, words: readonly string[]): Promise<string> {
  const semihosting = ['enable=on', 'target=native', ...words.map((word) => `arg=${word}`)].join(',');
  const child = spawn(
    EMULATOR,
    [
      ...['-M', 'virt', '-m', '96M', '-nographic', '-monitor', 'none', '-serial', 'none', '-bios', 'none'],
      ...['-icount', 'shift=0', '-semihosting-config', semihosting, '-kernel', image],
    ],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  return new Promise((resolve, reject) => {
    let out = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), RUN_MS_MAX);
    // The image has one console; QEMU writes it to its stderr.
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        out += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(out);
      else reject(new Error(`rv32: the image ended with ${signal ?? code}: ${out.trim().slice(0, 2_000)}`));
    });
  });
}
