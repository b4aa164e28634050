import type { Checker, Scene } from './checker.js';

const QUANTITY = /"0x[0-9a-f]{1,12}"/g;
const HASH = /"0x[0-9a-f]{64}"(?=\])/g;
const TOPIC_1 = /"(0x[0-9a-f]{64})"\]/;
/** Height alone, events with and without it, the owner's alone with and without, each with and without an end, a transaction. */
const FORMS_MAX = 10;

/**
 * But for block numbers and the hash of the transaction that is asked for, a lock's questions have a few texts: what
 * it asks and how long that is tell nothing of what it knows. Its reports are public as yet, and vary in length.
 */
export function fixedSize(_scene: Scene, fail: (found: string) => void): Checker {
  /** By topic 1: while somebody asks to become the owner, the lock asks after a veto as well. */
  const asked = new Map<string, Set<string>>();
  let isTold = false;
  return {
    says: 'What the lock asks nodes tells nothing of what it knows: the same few texts, whatever happened.',
    output(output) {
      if (output.kind !== 'http-post' || isTold) return;
      const text = Buffer.from(output.body).toString('latin1');
      const form = text.includes('eth_getTransactionByHash')
        ? text.replace(HASH, '""')
        : text.replace(QUANTITY, '""');
      const topic1 = TOPIC_1.exec(form)?.[1] ?? '';
      const forms = asked.get(topic1) ?? new Set();
      asked.set(topic1, forms.add(form));
      if (forms.size <= FORMS_MAX) return;
      isTold = true;
      fail(`the lock asks nodes in more than ${FORMS_MAX} forms, now ${form.slice(0, 200)}`);
    },
  };
}
