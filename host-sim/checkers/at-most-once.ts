import type { Input, Output } from '../../firmware/lock/ports.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { ACTION } from '../../firmware/protocol/order.js';
import { notAfterOf, numberOf, type SignedWord } from '../world/archive.js';
import type { Checker, Scene } from './checker.js';
import { isInTime } from './freshness.js';

interface Guard {
  readonly nonce: bigint;
  readonly notAfterSeconds: number;
}

interface ToldReceipt {
  readonly seq: number;
  /** The boot in which it was shown first. */
  readonly boot: number;
  readonly isInFlash: boolean;
}

/** No order is obeyed twice, however often it is shown and whatever the power does, and none after a later one of its sender. */
export function atMostOnce(scene: Scene, fail: (found: string) => void): Checker {
  /** Openings that a drive was for, as far as can be told. */
  const driven = new Set<SignedWord>();
  let lastDriven: { readonly word: SignedWord; readonly others: readonly SignedWord[] } | undefined;
  const receipts = new Map<SignedWord, ToldReceipt>();
  const refused = refusedReports();
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
    input(input) {
      refused.input(input);
    },
    output(output) {
      refused.output(output);
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
      receipts.set(word, { seq: report.seq, boot: scene.boot, isInFlash: !refused.isLastPublished() });
      if (before !== undefined) {
        // Flash has refused the first, so a boot after it cannot know that it was told.
        if (!before.isInFlash && before.boot < scene.boot) return;
        fail(`reports ${before.seq} and ${report.seq} are receipts of the same command`);
      }
      // The receipt tells which of the orders at hand the last drive was for.
      if (lastDriven !== undefined && lastDriven.word !== word && lastDriven.others.includes(word)) {
        driven.delete(lastDriven.word);
        driven.add(word);
        lastDriven = undefined;
      }
      noteGuard(word, report.seq);
      noteUse(word, report.seq);
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

/** Which reports flash has refused: they are told from RAM. */
function refusedReports() {
  const writing = new Map<string, Uint8Array>();
  const refused: Uint8Array[] = [];
  let lastPublished: Uint8Array | undefined;
  return {
    input(input: Input): void {
      if (input.kind !== 'store-failed') return;
      const bytes = writing.get(input.key);
      if (bytes !== undefined) refused.push(bytes);
    },
    output(output: Output): void {
      if (output.kind === 'persist' && output.key.startsWith('report')) writing.set(output.key, output.bytes);
      if (output.kind === 'publish') lastPublished = output.cose;
    },
    isLastPublished(): boolean {
      const cose = lastPublished;
      if (cose === undefined || refused.length === 0) return false;
      return refused.some((bytes) => Buffer.from(bytes).includes(Buffer.from(cose)));
    },
  };
}
