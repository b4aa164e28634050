import assert from 'node:assert/strict';
import { decodeCommand } from '../../../../firmware/protocol/command.js';
import { formatHex } from '../../../../firmware/protocol/hex.js';
import { Archive, notAfterOf, numberOf } from '../../../../host-sim/world/archive.js';
import { ENGINE, signer } from './people.js';

const OWNER = signer(1);
const LOCK20 = new Uint8Array(20).fill(0x4c);

function play() {
  const archive = new Archive({
    engine: ENGINE,
    chainId: 31_337n,
    registry20: new Uint8Array(20).fill(0x11),
  });
  archive.lock20 = LOCK20;
  const order = { lock: LOCK20, challenge4: new Uint8Array(4), epoch: 1, notAfterSeconds: 300, action: 2 };
  return { archive, command: { kind: 'order', order } as const };
}

describe('Archive', () => {
  it('keeps what was signed, by hash and by the numbers of receipts', () => {
    const { archive, command } = play();
    const word = archive.sign(OWNER, 4n, command, 77);
    const by = formatHex(OWNER.address20);
    assert.equal(word.by, by);
    assert.equal(word.signedMs, 77);
    assert.equal(word.shownMs, undefined);
    assert.equal(archive.find(word.hash), word);
    assert.deepEqual(archive.named(by, 2, 4n, 300), [word]);
    assert.deepEqual(archive.named(by, 2, 5n, 300), []);
    assert.deepEqual(archive.all, [word]);
  });

  it('signs the same once, and tells orders of another challenge apart', () => {
    const { archive, command } = play();
    const word = archive.sign(OWNER, 4n, command, 77);
    assert.equal(archive.sign(OWNER, 4n, command, 99), word);
    const other = { ...command, order: { ...command.order, challenge4: new Uint8Array(4).fill(1) } };
    const twin = archive.sign(OWNER, 4n, other, 99);
    assert.notEqual(twin.hash, word.hash);
    assert.deepEqual(archive.named(word.by, 2, 4n, 300), [word, twin]);
  });

  it('signs calldata that the lock reads back', () => {
    const { archive } = play();
    const handover = {
      kind: 'handover',
      to: signer(2).address20,
      epoch: 1,
      newEpoch: 2,
      notAfterSeconds: 9,
    } as const;
    const { sent } = archive.sign(OWNER, 0n, handover, 0);
    assert.deepEqual(decodeCommand(sent.transaction.data, LOCK20), handover);
    assert.deepEqual([numberOf(handover), notAfterOf(handover)], [129, 9]);
  });

  it('recalls a word as a node that has never seen it mined', () => {
    const { archive, command } = play();
    const word = archive.sign(OWNER, 4n, command, 0);
    const json = archive.recall(word);
    assert.equal(json['hash'], word.hash);
    assert.equal(json['blockNumber'], null);
  });
});
