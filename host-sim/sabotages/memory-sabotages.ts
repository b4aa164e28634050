import { type Sabotage, sabotage } from './sabotage.js';

const JOURNAL = 'lock/journal.js';
const DEVICE = 'lock/device.js';

/** Of flash and of power cuts: durable first, the newest record, nothing twice; and of the reports' chain. */
export const MEMORY_SABOTAGES: readonly Sabotage[] = Object.freeze([
  {
    name: 'actuate-before-persist',
    says: 'The bolt moves before flash has heard why.',
    edits: [
      {
        file: DEVICE,
        from: "return this.#ledger.remember((state) => round.changeOf(state, owedBy), { kind: 'round', round }, uptimeMs);",
        to: "return [...this.#ledger.remember((state) => round.changeOf(state, owedBy), { kind: 'nothing' }, uptimeMs), ...this.#obey(round, uptimeMs), ...this.#reportRefusals(round, uptimeMs)];",
      },
    ],
  },
  sabotage('unlock-resumed', 'An unlock that was owed is taken up after a power cut.', DEVICE, [
    'this.#movements.moved(this.#bolt.resume(uptimeMs, reason), uptimeMs)',
    "this.#movements.moved(receipt?.command === 2 || receipt?.command === 3 ? this.#bolt.obey('unlock', {}, reason, uptimeMs) : this.#bolt.resume(uptimeMs, reason), uptimeMs)",
  ]),
  sabotage('journal-unchecked', 'A record counts whatever its checksum says.', JOURNAL, [
    ' ||\n            !equalBytes(record.subarray(end), this.#tag(key, record.subarray(0, end))))',
    ')',
  ]),
  sabotage('oldest-record-chosen', 'Of two records the older one counts.', JOURNAL, [
    'isAfter(found.generation, best.generation)',
    'isAfter(best.generation, found.generation)',
  ]),
  sabotage('guard-not-written', 'What an order changes is not written with it.', 'lock/round.js', [
    'authority: this.#authority,\n            judged: this.#judged,\n            owed:',
    'judged: this.#judged,\n            owed:',
  ]),
  sabotage('owed-lock-forgotten', 'A lock that a power cut interrupts is forgotten.', 'lock/bolt-desk.js', [
    "if (this.#owedLock === 'now')\n            return this.#want('locked', reason, uptimeMs);",
    '',
  ]),
  sabotage(
    'receipt-forgotten',
    'A command that a power cut interrupts gets no receipt.',
    'lock/movements.js',
    ['this.#receipts = options.memory.state.owed;', 'this.#receipts = [];'],
  ),
  sabotage('boot-not-counted', 'Every boot has the same number.', 'lock/startup.js', [
    'bootCount: bootCount + 1',
    'bootCount',
  ]),
  sabotage('number-reused', "After a cut a heartbeat's number is given again.", 'lock/device-parts.js', [
    'lastSeq: Math.max(state.headSeq, state.leasedSeq),',
    'lastSeq: state.headSeq,',
  ]),
  sabotage('hash-link-skipped', 'A report does not name the one before it.', 'lock/reporter.js', [
    'previousHash16: this.#hash16,',
    'previousHash16: new Uint8Array(16),',
  ]),
  sabotage('report-shown-before-kept', 'A report is shown before flash has it.', 'lock/report-desk.js', [
    'if (!this.#outbox.takeRoom(seq)) {',
    'if (true) {',
  ]),
  sabotage('report-forged', 'A report is signed with another key.', 'lock/reporter.js', [
    'signReport(this.#engine, secretKey32, lock20,',
    'signReport(this.#engine, new Uint8Array(32).fill(7), lock20,',
  ]),
]);
