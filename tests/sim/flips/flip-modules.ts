import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Branch, flippable } from './flip-source.js';

/** Between a node's answer and the motor: who signed what, may they, is it durable, then the bolt. */
export const VERDICT_MODULES: readonly string[] = Object.freeze([
  'lock/examiner',
  'lock/authorizer',
  'lock/second-look',
  'lock/warrant',
  'lock/guard',
  'lock/access-list',
  'lock/authority',
  'lock/guest-terms',
  'lock/guest-settings',
  'lock/schedule',
  'lock/lease',
  'lock/lockout',
  'lock/rate-limit',
  'lock/challenge',
  'lock/clock',
  'lock/command-desk',
  'lock/round',
  'lock/device',
  'lock/memory',
  'lock/ledger',
  'lock/bolt-desk',
  'lock/bolt',
  'lock/relock',
  'lock/passage',
  'lock/movements',
  'protocol/transaction',
  'protocol/command',
  'protocol/order',
  'protocol/terms',
  'protocol/handover',
  'protocol/packed-word',
  'protocol/abi',
  'protocol/rlp',
  'protocol/hex',
  'protocol/bytes',
  'protocol/json-value',
  'protocol/time-zone',
  'protocol/weekly-hours',
  'crypto/sender',
  'crypto/address',
  'crypto/guarded-engine',
  'crypto/curve',
]);

export interface NumberedBranch extends Branch {
  readonly number: number;
  /** As in `VERDICT_MODULES`. */
  readonly module: string;
}

export function urlOf(module: string): string {
  return new URL(`../../../firmware/${module}.js`, import.meta.url).href;
}

/** Every branch of these modules, numbered through. */
export function branchesOf(modules: readonly string[]): readonly NumberedBranch[] {
  const found: NumberedBranch[] = [];
  for (const module of modules) {
    const first = found.length;
    const source = readFileSync(fileURLToPath(urlOf(module)), 'utf8');
    const { branches } = flippable(source, first);
    found.push(...branches.map((branch, i) => ({ ...branch, module, number: first + i })));
  }
  return found;
}
