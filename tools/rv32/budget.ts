import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rv32Result } from './result.js';
import { ROOT } from './root.js';

/** Committed: what each figure was when somebody last said why. */
const FILE = 'tests/budget/rv32.json';

/** A figure may rise by this much before somebody has to say why. */
const RISE_PERCENT = 5;

/** What no reason lifts: instructions of a step, with the collections in it and without, and bytes of data. */
const LIMITS: Readonly<Record<string, number>> = Object.freeze({
  'native command': 15_000_000,
  'native report': 14_000_000,
  'native poll': 3_000_000,
  'native data': 49_152,
  'typescript command': 400_000_000,
  'typescript report': 80_000_000,
  'typescript poll': 3_000_000,
  'typescript data': 49_152,
});

export interface Budget {
  /** Why the figures are what they are, newest first. */
  readonly reasons: readonly string[];
  /** Whose code the figures are; another compiler's is held to the limits alone. */
  readonly compiler: string;
  readonly figures: Readonly<Record<string, number>>;
}

/** @throws Error where the file is missing or no JSON */
export function readBudget(): Budget {
  return JSON.parse(readFileSync(join(ROOT, FILE), 'utf8')) as Budget;
}

/** Writes the measured figures down, with the reason why they changed. */
export function acceptBudget(result: Rv32Result, reason: string): void {
  const reasons = [reason, ...previousReasons()];
  const budget: Budget = { reasons, compiler: result.compiler, figures: figuresOf(result) };
  writeFileSync(join(ROOT, FILE), `${JSON.stringify(budget, null, 2)}\n`);
}

/** @returns one sentence for each figure that rose too far, passed its limit, or is in no budget */
export function overBudget(result: Rv32Result, { compiler, figures }: Budget): readonly string[] {
  if (compiler !== result.compiler) return overLimits(result);
  const rises = Object.entries(figuresOf(result)).flatMap(([name, found]) => {
    const budget = figures[name];
    if (budget === undefined) return [`${name}: ${found}, in no budget`];
    // Whole numbers on both sides: no rounding lets a rise through.
    if (found * 100 <= budget * (100 + RISE_PERCENT)) return [];
    return [`${name}: ${found}, over its ${budget} by more than ${RISE_PERCENT} %`];
  });
  return [...overLimits(result), ...rises];
}

/** The figures that are held: by engine and step, the lock's data, and flash by part. */
export function figuresOf({ engines, heap, flash }: Rv32Result): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const engine of ['native', 'typescript'] as const) {
    for (const [span, instructions] of Object.entries(engines[engine]))
      figures[`${engine} ${span}`] = instructions;
    figures[`${engine} data`] = heap[engine].parts.data;
    figures[`${engine} live`] = heap[engine].live;
    figures[`${engine} modules in flash`] = flash.modules[engine];
  }
  figures['XS in flash'] = flash.xs;
  figures['native engine in flash'] = flash.nativeEngine;
  return figures;
}

function overLimits(result: Rv32Result): readonly string[] {
  const collecting = figuresOf({ ...result, engines: result.collecting });
  return Object.entries(LIMITS).flatMap(([name, limit]) => {
    const found = Math.max(figuresOf(result)[name] ?? 0, collecting[name] ?? 0);
    return found > limit ? [`${name}: ${found}, over the limit of ${limit}`] : [];
  });
}

function previousReasons(): readonly string[] {
  try {
    return readBudget().reasons;
  } catch {
    return [];
  }
}
