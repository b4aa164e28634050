import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Reads a JSON file of this folder from the sources: the build copies no JSON. */
export function readVectors<Vectors>(file: string): Vectors {
  const path = fileURLToPath(new URL(`../../../tests/vectors/${file}`, import.meta.url));
  return JSON.parse(readFileSync(path, 'utf8')) as Vectors;
}
