import assert from 'node:assert/strict';
import { hashDomain, hashStruct, hashTypedData, keccak256 as viemKeccak256 } from 'viem';
import { encodeAddressWord, encodeUintWord } from '../../../firmware/protocol/abi.js';
import {
  adoptDigest,
  domainSeparator,
  encodeFixedBytesWord,
  refuseDigest,
  registrationDigest,
  structHash,
  typedDataDigest,
} from '../../../firmware/protocol/eip712.js';
import { formatHex, parseHex } from '../../../firmware/protocol/hex.js';
import { REGISTRATION_TYPES } from '../../contracts/words.js';

const keccak256 = (bytes: Uint8Array): Uint8Array => viemKeccak256(bytes, 'bytes');
const hex = (bytes: Uint8Array) => formatHex(bytes) as `0x${string}`;
const registry20 = new Uint8Array(20).fill(0x21);
const lock = new Uint8Array(20).fill(0x43);
const owner = new Uint8Array(20).fill(0x65);
const chains = [1n, 4_689n, 31_337n, 2n ** 60n];
const viemDomain = (chainId: bigint) =>
  ({ name: 'LockRegistry', version: '1', chainId, verifyingContract: hex(registry20) }) as const;
const domainType = [
  { name: 'name', type: 'string' },
  { name: 'version', type: 'string' },
  { name: 'chainId', type: 'uint256' },
  { name: 'verifyingContract', type: 'address' },
] as const;

describe('domainSeparator', () => {
  it('agrees with viem on every chain', () => {
    for (const chainId of chains) {
      const expected = hashDomain({ domain: viemDomain(chainId), types: { EIP712Domain: domainType } });
      assert.equal(formatHex(domainSeparator(keccak256, { chainId, registry20 })), expected);
    }
  });
});

describe('adoptDigest and refuseDigest', () => {
  const challenge16 = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
  const member = (type: string) => ({ name: type === 'bytes16' ? 'challenge' : 'epoch', type });
  const types = {
    Adopt: [
      { name: 'lock', type: 'address' },
      { name: 'owner', type: 'address' },
      member('uint16'),
      member('bytes16'),
    ],
    Refuse: [{ name: 'lock', type: 'address' }, member('bytes16')],
  };
  const message = { lock: hex(lock), owner: hex(owner), challenge: hex(challenge16) };

  it('agree with viem on every chain', () => {
    for (const chainId of chains) {
      const domain = { chainId, registry20 };
      for (const epoch of [1, 0xffff]) {
        const expected = hashTypedData({
          domain: viemDomain(chainId),
          types,
          primaryType: 'Adopt',
          message: { ...message, epoch },
        });
        assert.equal(
          formatHex(adoptDigest(keccak256, domain, { lock, owner, epoch, challenge16 })),
          expected,
        );
      }
      const refused = hashTypedData({ domain: viemDomain(chainId), types, primaryType: 'Refuse', message });
      assert.equal(formatHex(refuseDigest(keccak256, domain, { lock, challenge16 })), refused);
    }
  });

  it('take no epoch over 16 bits', () => {
    const adopt = { lock, owner, epoch: 0x10000, challenge16 };
    assert.throws(() => adoptDigest(keccak256, { chainId: 1n, registry20 }, adopt), RangeError);
  });
});

describe('registrationDigest', () => {
  it('agrees with viem on every chain', () => {
    for (const chainId of chains) {
      const expected = hashTypedData({
        domain: viemDomain(chainId),
        types: REGISTRATION_TYPES,
        primaryType: 'Registration',
        message: { lock: hex(lock), owner: hex(owner), deadline: 1_790_000_000n },
      });
      const digest = registrationDigest(
        keccak256,
        { chainId, registry20 },
        { lock, owner, deadline: 1_790_000_000n },
      );
      assert.equal(formatHex(digest), expected);
    }
  });
});

describe('structHash', () => {
  const type = 'Command(address lock,uint16 epoch,uint8 action,uint64 seq,uint40 notAfter,bytes16 challenge)';
  const challenge = parseHex('0x000102030405060708090a0b0c0d0e0f');
  const types = {
    Command: [
      { name: 'lock', type: 'address' },
      { name: 'epoch', type: 'uint16' },
      { name: 'action', type: 'uint8' },
      { name: 'seq', type: 'uint64' },
      { name: 'notAfter', type: 'uint40' },
      { name: 'challenge', type: 'bytes16' },
    ],
  } as const;
  const words = [
    encodeAddressWord(lock),
    encodeUintWord(3, 16),
    encodeUintWord(2, 8),
    encodeUintWord(2n ** 63n, 64),
    encodeUintWord(1_800_000_000, 40),
    encodeFixedBytesWord(challenge),
  ];
  const message = {
    lock: hex(lock),
    epoch: 3,
    action: 2,
    seq: 2n ** 63n,
    notAfter: 1_800_000_000,
    challenge: hex(challenge),
  };

  it('agrees with viem on a command, which later forms will use', () => {
    const expected = hashStruct({ data: message, primaryType: 'Command', types });
    assert.equal(formatHex(structHash(keccak256, type, words)), expected);
    const digest = typedDataDigest(
      keccak256,
      domainSeparator(keccak256, { chainId: 1n, registry20 }),
      structHash(keccak256, type, words),
    );
    assert.equal(
      formatHex(digest),
      hashTypedData({ domain: viemDomain(1n), types, primaryType: 'Command', message }),
    );
  });

  it('refuses a word of another length', () => {
    assert.throws(() => structHash(keccak256, type, [new Uint8Array(31)]), RangeError);
    assert.throws(() => encodeFixedBytesWord(new Uint8Array(33)), RangeError);
  });
});
