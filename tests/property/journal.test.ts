import assert from 'node:assert/strict';
import fc from 'fast-check';
import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../firmware/crypto/noble-engine.js';
import { Journal } from '../../firmware/lock/journal.js';
import { formatHex } from '../../firmware/protocol/hex.js';

const KEY = new Uint8Array(32).fill(9);
const NAMES = ['state', 'identity'] as const;

type Step =
  | { readonly kind: 'write'; readonly name: (typeof NAMES)[number]; readonly bytes: Uint8Array }
  /** Flash says that it failed; what it left there is anything. */
  | { readonly kind: 'fail'; readonly name: (typeof NAMES)[number]; readonly left: Uint8Array }
  /** The power fails in the midst of a write. */
  | {
      readonly kind: 'tear';
      readonly name: (typeof NAMES)[number];
      readonly bytes: Uint8Array;
      readonly at: number;
    }
  | { readonly kind: 'boot' };

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Uint8Array.from(array));
const name = fc.constantFrom(...NAMES);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), name, bytes }),
  fc.record({ kind: fc.constant('fail' as const), name, left: bytes }),
  fc.record({ kind: fc.constant('tear' as const), name, bytes, at: fc.nat(70) }),
  fc.constant({ kind: 'boot' as const }),
);

describe('Journal, whatever happens to its writes', () => {
  const engine = guardEngine(createNobleEngine());

  it('always holds what was stored last under each name', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const flash = new Map<string, Uint8Array>();
        const stored = new Map<string, string>();
        const open = () => {
          const journal = new Journal<string>(engine, KEY, flash);
          for (const each of NAMES) {
            const read = journal.readDouble(each);
            assert.equal(read && formatHex(read), stored.get(each), `${each} after a boot`);
          }
          return journal;
        };
        let journal = open();
        for (const each of steps) {
          if (each.kind === 'boot') {
            journal = open();
            continue;
          }
          const payload = each.kind === 'fail' ? Uint8Array.of(1, 2, 3) : each.bytes;
          const [output] = journal.writeDouble(each.name, payload, each.name);
          assert.ok(output?.kind === 'persist');
          if (each.kind === 'write') {
            flash.set(output.key, output.bytes);
            stored.set(each.name, formatHex(payload));
            assert.equal(journal.answered(output.key, true)?.task, each.name);
          } else if (each.kind === 'fail') {
            flash.set(output.key, each.left);
            assert.equal(journal.answered(output.key, false)?.task, each.name);
          } else {
            const whole = each.at >= output.bytes.length;
            flash.set(output.key, output.bytes.slice(0, each.at));
            // Cut after the last byte it is stored, though nobody was told.
            if (whole) stored.set(each.name, formatHex(payload));
            journal = open();
          }
        }
        open();
      }),
      { numRuns: 300 },
    );
  });
});
