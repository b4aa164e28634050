import assert from 'node:assert/strict';
import type { Command } from '../../../../firmware/protocol/command.js';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { GRANT_COMMAND, HANDOVER_COMMAND, type Report } from '../../../../firmware/protocol/report.js';
import { wordsOf } from '../../../../tools/latchkey/log-words.js';
import { zoneOf } from '../../../../tools/latchkey/zone.js';
import { reportOfTest } from './signed-reports.js';

const owner = new Uint8Array(20).fill(1);
const guest = new Uint8Array(20).fill(2);
const nameOf = (address: Uint8Array) => ({ 1: 'owner', 2: 'anna' })[address[0] ?? 0] ?? 'somebody';

describe('wordsOf', () => {
  const about = (number: number, change: Partial<Report> = {}, reason: 'none' | 'uses' | 'serial' = 'none') =>
    reportOfTest({
      cause: reason === 'none' ? 'command' : 'refusal',
      owner,
      lastCommand: { by: owner, command: number, nonce: 5n, notAfterSeconds: 9, reason },
      ...change,
    });
  const what = (report: Report, command?: Command) => wordsOf(report, zoneOf('UTC'), nameOf, command).what;
  const grant = (rights: number): Command => ({
    kind: 'grant',
    guest,
    terms: {
      ...{
        notBeforeSeconds: 0,
        notAfterSeconds: 9,
        rights,
        weekdays: 0,
        dayStartMinutes: 0,
        dayEndMinutes: 0,
      },
      ...{ uses: 0, epoch: 1, serial: 1 },
    },
  });

  it('tells an opening from an order that was accepted and moved nothing', () => {
    assert.equal(what(about(ACTION.unlock, { bolt: 'unlocked' })), 'unlock; the bolt is unlocked');
    assert.equal(what(about(ACTION.unlock, { bolt: 'locked' })), 'unlock accepted; the bolt is still locked');
    assert.equal(what(about(ACTION.unlock, { bolt: 'jammed' })), 'unlock accepted; the bolt is jammed');
    assert.equal(
      what(about(ACTION.lock, { bolt: 'unlocked', door: 'open' })),
      'lock accepted; the bolt is still unlocked, the door open',
    );
    assert.equal(what(about(ACTION.privacyOn, { bolt: 'locked' })), 'privacy on; the bolt is locked');
  });

  it('names whom a grant or a revocation was for, where the chain has shown it', () => {
    assert.equal(what(about(GRANT_COMMAND), grant(3)), 'grant to anna');
    assert.equal(what(about(GRANT_COMMAND), grant(0)), 'revocation of anna');
    assert.equal(what(about(GRANT_COMMAND)), 'grant or revocation');
    assert.match(what(about(GRANT_COMMAND, {}, 'serial'), grant(3)), /^REFUSED grant to anna: a later grant/);
    assert.match(what(about(ACTION.unlock, {}, 'uses')), /^REFUSED to unlock: the guest has used up/);
  });

  it('names the new owner of a handover from the report itself', () => {
    assert.equal(what(about(HANDOVER_COMMAND, { owner: guest, epoch: 2 })), 'handover to anna, epoch 2');
  });
});
