import { formatHex } from '../../firmware/protocol/hex.js';
import { ACTION } from '../../firmware/protocol/order.js';
import { notAfterOf, numberOf, type SignedWord } from '../world/archive.js';
import type { Checker, Scene } from './checker.js';
import { isInTime } from './freshness.js';

interface Guard {
  readonly nonce: bigint;
  readonly notAfterSeconds: number;
}

/** No order is obeyed twice, however often it is shown and whatever the power does, and none after a later one of its sender. */
export function atMostOnce(scene: Scene, fail: (found: string) => void): Checker {
  /** Openings that a drive was for, as far as can be told. */
  const driven = new Set<SignedWord>();
  let lastDriven: { readonly word: SignedWord; readonly others: readonly SignedWord[] } | undefined;
  const receipts = new Map<SignedWord, number>();
  /** Receipts that may have been shown without flash: a later boot makes them anew, because it does not know. */
  const unkept = new Set<SignedWord>();
  let isReportRefused = false;
  const guards = new Map<string, Guard>();
  const uses = new Map<string, { readonly serial: number; readonly count: number }>();

  const noteUse = (word: SignedWord, seq: number) => {
    if (word.command.kind === 'grant') {
      const { terms, guest } = word.command;
      uses.set(formatHex(guest), { serial: terms.serial, count: 0 });
      return;
    }
    const action = numberOf(word.command);
    if (action !== ACTION.unlock && action !== ACTION.unlockThenRelock) return;
    const used = uses.get(word.by);
    if (word.command.kind !== 'order' || used === undefined || scene.witness.isOwners(word)) return;
    const count = used.count + 1;
    uses.set(word.by, { ...used, count });
    const terms = scene.witness
      .termsOf(word.by, word.command.order.epoch)
      .find(({ serial }) => serial === used.serial);
    if (terms !== undefined && terms.uses !== 0 && count > terms.uses)
      fail(`report ${seq} is the receipt of use ${count} of a grant for ${terms.uses}`);
  };

  const noteGuard = (word: SignedWord, seq: number) => {
    if (word.command.kind !== 'order') return;
    const { epoch, action } = word.command.order;
    const key = `${word.by} ${epoch} ${action >= ACTION.privacyOn ? 'modes' : 'bolt'}`;
    const guard = { nonce: word.nonce, notAfterSeconds: notAfterOf(word.command) };
    const before = guards.get(key);
    if (before !== undefined && !isAfter(before, guard))
      fail(
        `report ${seq} is the receipt of nonce ${guard.nonce}, which is not above nonce ${before.nonce} of the same sender`,
      );
    guards.set(key, guard);
  };

  return {
    says: 'No order is obeyed twice, and none after a later one of the same sender.',
    boot() {
      isReportRefused = false;
    },
    input(input) {
      if (input.kind === 'store-failed' && input.key.startsWith('report')) isReportRefused = true;
    },
    output(output) {
      if (output.kind !== 'drive-bolt' || output.target !== 'unlocked') return;
      if (scene.witness.causeOfDrive() !== 'order') return;
      const words = scene.witness.openings();
      const fresh = words.filter((word) => !driven.has(word) && !receipts.has(word));
      const word = fresh.findLast((each) => isInTime(each, scene)) ?? fresh.at(-1);
      if (word === undefined) {
        if (words.length > 0) fail('the bolt is driven open for an order that was obeyed before');
        return;
      }
      driven.add(word);
      lastDriven = { word, others: fresh };
    },
    report({ report }) {
      const word = scene.witness.receiptOf(report);
      if (word === undefined) return;
      const before = receipts.get(word);
      if (isReportRefused) unkept.add(word);
      else if (before !== undefined && unkept.delete(word)) return;
      if (before !== undefined) fail(`reports ${before} and ${report.seq} are receipts of the same command`);
      receipts.set(word, report.seq);
      // The receipt tells which of the orders at hand the last drive was for.
      if (lastDriven !== undefined && lastDriven.word !== word && lastDriven.others.includes(word)) {
        driven.delete(lastDriven.word);
        driven.add(word);
        lastDriven = undefined;
      }
      noteGuard(word, report.seq);
      noteUse(word, report.seq);
    },
    reset() {
      guards.clear();
      uses.clear();
    },
    rolledBack() {
      // Strict after boot: what was obeyed before has expired, or carries an old challenge.
      receipts.clear();
      guards.clear();
      uses.clear();
    },
  };
}

function isAfter(one: Guard, other: Guard): boolean {
  return (
    other.nonce > one.nonce || (other.nonce === one.nonce && other.notAfterSeconds > one.notAfterSeconds)
  );
}
