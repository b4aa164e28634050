import { VETO_FIRST_ID } from '../../firmware/lock/veto-watch.js';
import type { Checker, Scene } from './checker.js';

const QUANTITY = /"0x[0-9a-f]{1,12}"/g;
const HASH = /"0x[0-9a-f]{64}"(?=\])/g;
/** Height alone, events with and without it, the owner's alone with and without, each with and without an end, a transaction. */
const FORMS_MAX = 10;

/**
 * But for the digits of block numbers, a lock's questions to nodes have a few lengths: how long they are tells nothing
 * of what it knows. Its reports are public as yet, and vary in length.
 */
export function fixedSize(_scene: Scene, fail: (found: string) => void): Checker {
  const lengths = new Set<number>();
  const forms = new Set<string>();
  return {
    says: 'How long a question to a node is tells nothing: the same few forms, whatever happened.',
    output(output) {
      // While an adoption waits, everybody may know it: a search for its veto names it.
      if (output.kind !== 'http-post' || output.id >= VETO_FIRST_ID) return;
      // Of one length one is looked into: a world has very many.
      if (lengths.has(output.body.length)) return;
      lengths.add(output.body.length);
      const text = Buffer.from(output.body).toString('latin1');
      const form = text.includes('eth_getTransactionByHash')
        ? text.replace(HASH, '""')
        : text.replace(QUANTITY, '""');
      forms.add(form);
      if (forms.size === FORMS_MAX + 1)
        fail(`the lock asks nodes in more than ${FORMS_MAX} forms, now ${form.slice(0, 200)}`);
    },
  };
}
