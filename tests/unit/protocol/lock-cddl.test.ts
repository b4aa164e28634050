import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EAT_CLAIM } from '../../../firmware/protocol/eat.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { REFUSAL_REASONS } from '../../../firmware/protocol/refusal.js';
import {
  ALARM,
  BOLT_NUMBERS,
  DOOR_NUMBERS,
  GRANT_COMMAND,
  HANDOVER_COMMAND,
  LOCK_CLAIM,
  LOCK_KEY,
  REPORT_CAUSES,
} from '../../../firmware/protocol/report.js';

const CDDL = readFileSync(
  fileURLToPath(new URL('../../../../firmware/protocol/lock.cddl', import.meta.url)),
  'utf8',
);

/** The numbers and names of a map rule: `? 4 => uint16, ; batteryMilliVolts`. */
function keysOf(rule: string): readonly (readonly [name: string, key: number])[] {
  const body = CDDL.split(`\n${rule} = {\n`)[1]?.split('\n}')[0] ?? '';
  return [...body.matchAll(/^ {2}(?:\? )?(-?\d+) => [^;\n]*; ([a-zA-Z]+)/gm)].map((row) => [
    row[2] as string,
    Number(row[1]),
  ]);
}

/** The names and numbers of a choice: `&(unknown: 0, open: 1)`. */
function choicesOf(rule: string): readonly (readonly [name: string, number: number])[] {
  const body = new RegExp(`^${rule} = &\\(([^)]*)\\)`, 'm').exec(CDDL)?.[1] ?? '';
  return [...body.matchAll(/([a-zA-Z-]+): (\d+)/g)].map((pair) => [pair[1] as string, Number(pair[2])]);
}

const numbered = (names: readonly string[]) => names.map((name, number) => [name, number]);

describe('lock.cddl', () => {
  it('has the claims of a report', () => {
    assert.deepEqual(keysOf('report'), [...Object.entries(EAT_CLAIM), ['ours', LOCK_CLAIM]]);
  });

  it('has the keys of the lock claim', () => {
    assert.deepEqual(keysOf('lock-claim'), Object.entries(LOCK_KEY));
  });

  it('numbers bolt, door, cause and alarms as the codec does', () => {
    assert.deepEqual(choicesOf('bolt'), numbered(BOLT_NUMBERS));
    assert.deepEqual(choicesOf('door'), numbered(DOOR_NUMBERS));
    assert.deepEqual(choicesOf('cause'), numbered(REPORT_CAUSES));
    assert.deepEqual(
      choicesOf('alarm').map(([name, bit]) => [name, 2 ** bit]),
      Object.entries(ALARM),
    );
  });

  it('numbers the commands and ends the reasons as the lists do', () => {
    const commands = Object.fromEntries(choicesOf('command'));
    assert.deepEqual(Object.values(commands), [...Object.values(ACTION), GRANT_COMMAND, HANDOVER_COMMAND]);
    assert.equal(commands['grant'], GRANT_COMMAND);
    assert.ok(CDDL.includes(`reason: 0..${REFUSAL_REASONS.length - 1} `));
  });

  it('defines every rule that it uses', () => {
    const code = CDDL.replace(/;.*$/gm, '').replace(/"[^"]*"|h'[^']*'/g, '');
    const defined = new Set([...code.matchAll(/^([a-z0-9-]+) =/gm)].map((rule) => rule[1]));
    const withoutLabels = code.replace(/^[a-z0-9-]+ =(?!>)/gm, '').replace(/[a-zA-Z-]+:/g, '');
    const used = [...withoutLabels.matchAll(/(?<![.\w-])[a-z][a-z0-9-]*/g)].map((name) => name[0]);
    assert.ok(used.length > 30, 'the rules were found');
    assert.deepEqual(
      used.filter((name) => !defined.has(name) && !['bstr', 'tstr', 'uint'].includes(name)),
      [],
    );
  });
});
