import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DecodeErrorCode } from '../../../firmware/protocol/errors.js';
import {
  REFUSAL_REASONS,
  refusalCode,
  refusalFromCode,
  refusalOf,
} from '../../../firmware/protocol/refusal.js';

/** The numbers as signed reports have carried them: a change here would falsify old reports. */
const FIRST_REASONS = ['none', 'malformed', 'json', 'too-large', 'rpc-id', 'rpc-error', 'hash'];

describe('REFUSAL_REASONS', () => {
  it('names each reason once and cannot be changed', () => {
    assert.equal(new Set(REFUSAL_REASONS).size, REFUSAL_REASONS.length);
    assert.equal(Object.isFrozen(REFUSAL_REASONS), true);
  });

  it('starts with the numbers of version 1', () => {
    assert.deepEqual(REFUSAL_REASONS.slice(0, FIRST_REASONS.length), FIRST_REASONS);
  });

  it('is the table in PROTOCOL.md, number by number', () => {
    const page = readFileSync(
      fileURLToPath(new URL('../../../../firmware/protocol/PROTOCOL.md', import.meta.url)),
      'utf8',
    );
    const rows = [...page.matchAll(/^\| (\d+) \| `([a-z-]+)` \|/gm)].map((row) => [Number(row[1]), row[2]]);
    assert.deepEqual(
      rows,
      REFUSAL_REASONS.map((reason, number) => [number, reason]),
    );
  });
});

describe('refusalCode', () => {
  it('is undone by refusalFromCode', () => {
    for (const reason of REFUSAL_REASONS) assert.equal(refusalFromCode(refusalCode(reason)), reason);
  });
});

describe('refusalFromCode', () => {
  it('knows no number outside the list', () => {
    for (const code of [-1, REFUSAL_REASONS.length, 0.5, Number.NaN])
      assert.equal(refusalFromCode(code), undefined);
  });
});

describe('refusalOf', () => {
  it('gives every code of malformed bytes a reason from the list', () => {
    const source = readFileSync(
      fileURLToPath(new URL('../../../../firmware/protocol/errors.ts', import.meta.url)),
      'utf8',
    );
    const union = source.slice(source.indexOf('DecodeErrorCode ='), source.indexOf('/** Remote bytes'));
    const codes = [...union.matchAll(/\| '([a-z0-9-]+)'/g)].map((match) => match[1] as DecodeErrorCode);
    assert.ok(codes.length > 20, 'the union was found');
    for (const code of codes) {
      assert.ok(REFUSAL_REASONS.includes(refusalOf(code)), code);
      assert.notEqual(refusalOf(code), 'none', code);
    }
  });

  it('keeps the names that both lists share, and maps the rest', () => {
    assert.equal(refusalOf('high-s'), 'high-s');
    assert.equal(refusalOf('create'), 'registry');
    assert.equal(refusalOf('padding'), 'calldata');
    assert.equal(refusalOf('depth'), 'json');
    assert.equal(refusalOf('size'), 'too-large');
    assert.equal(refusalOf('missing'), 'malformed');
  });
});
