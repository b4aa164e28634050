import { type Sabotage, sabotage } from './sabotage.js';

const EXAMINER = 'lock/examiner.js';
const TRANSACTION = 'protocol/transaction.js';
const COMMAND = 'protocol/command.js';

/** Of what was signed: by whom, for which chain, registry and lock, in which words. */
export const SIGNATURE_SABOTAGES: readonly Sabotage[] = Object.freeze([
  {
    name: 'from-believed',
    says: 'The sender is who the node says it is.',
    edits: [
      {
        file: TRANSACTION,
        from: "r: scalarFrom(object, 'r'),",
        to: "from: parseHex(requiredField(object, 'from'), 20),\n        r: scalarFrom(object, 'r'),",
      },
      { file: EXAMINER, from: 'by: recoverSender(engine, transaction)', to: 'by: transaction.from' },
    ],
  },
  sabotage('high-s-accepted', 'The twin of a signature passes.', 'crypto/curve.js', [
    'if (s > N >> 1n)',
    'if (false)',
  ]),
  sabotage('chain-id-unchecked', 'An order for another chain is obeyed.', EXAMINER, [
    'if (chainId !== domain.chainId)',
    'if (false)',
  ]),
  sabotage('registry-unchecked', 'An order to another contract is obeyed.', EXAMINER, [
    'if (!equalBytes(to, domain.registry20))',
    'if (false)',
  ]),
  sabotage('lock-unchecked', 'An order for another lock is obeyed.', COMMAND, [
    'if (!equalBytes(found20, lock20))',
    'if (false)',
  ]),
  sabotage('first-of-many-taken', 'Of an order for many locks the first is taken for this one.', COMMAND, [
    'if (equalBytes(order.lock, lock20))',
    'if (true)',
  ]),
  sabotage('selector-unchecked', 'Any call of one word is an order.', COMMAND, [
    'default:\n            throw',
    'default:\n            return decodeOne(block, lock20);\n            throw',
  ]),
  {
    name: 'calldata-length-unchecked',
    says: 'Calldata of a wrong length is accepted.',
    edits: [
      { file: 'protocol/abi.js', from: 'if (block.length !== bytes)', to: 'if (block.length < bytes)' },
      {
        file: COMMAND,
        from: 'decodeOrder(decodeUintWord(block))',
        to: 'decodeOrder(decodeUintWord(wordAt(block, 0)))',
      },
    ],
  },
  {
    name: 'value-ignored',
    says: 'A transaction that carries coins is obeyed.',
    edits: [
      {
        file: TRANSACTION,
        from: "if (quantityFrom(object, 'value', 256) !== 0n)\n        throw new DecodeError('value', 'expected a value of 0');\n",
        to: "const value = quantityFrom(object, 'value', 256);\n",
      },
      { file: TRANSACTION, from: 'value: 0n,', to: 'value,' },
    ],
  },
  sabotage('hash-unchecked', 'A transaction is judged under whatever hash it is shown.', EXAMINER, [
    'return equalBytes(engine.keccak256(signedPayload(transaction)), hash32);',
    'return true;',
  ]),
  sabotage('old-handover-accepted', 'A handover of another epoch is obeyed.', 'lock/authorizer.js', [
    'if (handover.epoch !== authority.epoch)',
    'if (false)',
  ]),
  sabotage('anybody-is-known', 'A stranger is taken for the owner.', 'lock/authorizer.js', [
    'const isOwner = equalBytes(signed.by, authority.owner);',
    'const isOwner = equalBytes(signed.by, authority.owner) || findGuest(authority.access, signed.by) === undefined;',
  ]),
]);
