import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { GRANT_COMMAND, type LastCommand } from '../../../../firmware/protocol/report.js';
import type { SignedEvent } from '../../../../tools/latchkey/access-history.js';
import { commandFinder } from '../../../../tools/latchkey/told-commands.js';
import { reportOfTest } from './signed-reports.js';

const owner = new Uint8Array(20).fill(1);
const guest = new Uint8Array(20).fill(2);

describe('commandFinder', () => {
  const grant = (notAfterSeconds: number): SignedEvent => ({
    signed: {
      by: owner,
      nonce: 5n,
      command: {
        kind: 'grant',
        guest,
        terms: {
          ...{ notBeforeSeconds: 0, notAfterSeconds, rights: 3, weekdays: 0, dayStartMinutes: 0 },
          ...{ dayEndMinutes: 0, uses: 0, epoch: 1, serial: 1 },
        },
      },
    },
    tx: new Uint8Array(32),
    atSeconds: 1,
  });
  const find = (change: Partial<LastCommand>, cause: 'command' | 'heartbeat' = 'command') =>
    commandFinder([grant(8), grant(9)])(
      reportOfTest({
        cause,
        lastCommand: {
          ...{ by: owner, command: GRANT_COMMAND, nonce: 5n, notAfterSeconds: 9, reason: 'none' },
          ...change,
        },
      }),
    );

  it('finds the command of that sender, nonce, kind and end', () => {
    const found = find({});
    assert.ok(found?.kind === 'grant' && found.terms.notAfterSeconds === 9);
  });

  it('finds nothing where one of them is another, nor for a report that only repeats it', () => {
    assert.equal(find({ by: guest }), undefined);
    assert.equal(find({ nonce: 6n }), undefined);
    assert.equal(find({ command: ACTION.unlock }), undefined);
    assert.equal(find({ notAfterSeconds: 10 }), undefined);
    assert.equal(find({}, 'heartbeat'), undefined);
  });
});
