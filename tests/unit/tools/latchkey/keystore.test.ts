import assert from 'node:assert/strict';
import {
  decryptKey,
  encryptKey,
  type KeystoreFile,
  parseKeystore,
} from '../../../../tools/latchkey/owner/keystore.js';

/** The two vectors of the Web3 Secret Storage definition (ethereum.org, "Web3 secret storage definition"). */
const SECRET = '0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d';
const ADDRESS = '008aeeda4d805471df9b2a5b0f38a0c3bcba786b';
const PASSWORD = 'testpassword';
const ID = '3198bc9c-6672-5ab3-d995-4942343ae5b6';
const PBKDF2 = {
  crypto: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
    ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
    kdf: 'pbkdf2',
    kdfparams: {
      c: 262_144,
      dklen: 32,
      prf: 'hmac-sha256',
      salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd',
    },
    mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2',
  },
  id: ID,
  version: 3,
} as const;
const SCRYPT = {
  crypto: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: '83dbcc02d8ccb40e466191a123791e0e' },
    ciphertext: 'd172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c',
    kdf: 'scrypt',
    kdfparams: {
      dklen: 32,
      n: 262_144,
      r: 1,
      p: 8,
      salt: 'ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19',
    },
    mac: '2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097',
  },
  id: ID,
  version: 3,
} as const;

describe('decryptKey', () => {
  for (const [name, vector] of [
    ['pbkdf2', PBKDF2],
    ['scrypt', SCRYPT],
  ] as const) {
    it(`opens the ${name} vector of the definition`, async () => {
      assert.equal(await decryptKey(parseKeystore(vector, 'a file'), PASSWORD), SECRET);
    });
  }

  it('says that a password is wrong', async () => {
    await assert.rejects(decryptKey(parseKeystore(PBKDF2, 'a file'), 'testpasswore'), /wrong password/);
  });

  it('opens what encryptKey wrote, which names the address as wallets do', async () => {
    const written = await encryptKey(SECRET, PASSWORD);
    assert.equal(written.address, ADDRESS);
    assert.ok(!JSON.stringify(written).includes(SECRET.slice(2, 20)));
    const read = parseKeystore(JSON.parse(JSON.stringify(written)), 'a file');
    assert.equal(await decryptKey(read, PASSWORD), SECRET);
  });

  it('refuses a keystore that names the address of another key', async () => {
    const other: KeystoreFile = { ...parseKeystore(PBKDF2, 'a file'), address: 'ab'.repeat(20) };
    await assert.rejects(decryptKey(other, PASSWORD), /names another address than its key's, 0x008aeeda/);
  });

  const withParams = (kdfparams: object) =>
    parseKeystore({ ...SCRYPT, crypto: { ...SCRYPT.crypto, kdfparams } }, 'a file');
  for (const [what, change] of [
    ['more memory than any wallet asks for', { n: 2 ** 26 }],
    ['more work than any wallet asks for', { n: 2 ** 18, p: 1_000 }],
    ['an n that is no power of two', { n: 262_143 }],
    ['no rounds at all', { n: 0 }],
    ['a part of a number', { r: 0.5 }],
  ] as const) {
    it(`refuses ${what} before it derives anything`, async () => {
      const keystore = withParams({ ...SCRYPT.crypto.kdfparams, ...change });
      await assert.rejects(decryptKey(keystore, PASSWORD), /asks for a key derivation that no wallet uses/);
    });
  }

  it('refuses pbkdf2 of another hash', async () => {
    const kdfparams = { ...PBKDF2.crypto.kdfparams, prf: 'hmac-sha512' };
    const keystore = parseKeystore({ ...PBKDF2, crypto: { ...PBKDF2.crypto, kdfparams } }, 'a file');
    await assert.rejects(decryptKey(keystore, PASSWORD), /no wallet uses/);
  });
});

describe('parseKeystore', () => {
  const change = (crypto: object) => ({ ...SCRYPT, crypto: { ...SCRYPT.crypto, ...crypto } });

  it('takes the capital letter of old wallets, and an address with or without 0x', () => {
    const { crypto, ...rest } = SCRYPT;
    const old = parseKeystore({ ...rest, Crypto: crypto, address: `0x${ADDRESS}` }, 'a file');
    assert.equal(old.crypto.mac, crypto.mac);
    assert.equal(old.address, `0x${ADDRESS}`);
  });

  for (const [what, value] of [
    ['another version', { ...SCRYPT, version: 1 }],
    ['nothing encrypted', { version: 3 }],
    ['another cipher', change({ cipher: 'aes-256-cbc' })],
    ['another key derivation', change({ kdf: 'argon2' })],
    ['a short ciphertext', change({ ciphertext: 'd172' })],
    ['an iv that is no hex', change({ cipherparams: { iv: 'zz' } })],
    ['a mac of another size', change({ mac: '00' })],
    ['an address that is none', { ...SCRYPT, address: '0x12' }],
  ] as const) {
    it(`refuses ${what}, by the name of the file`, () => {
      assert.throws(
        () => parseKeystore(value, 'some.json'),
        /^Failure: some\.json is no keystore of version 3/,
      );
    });
  }
});
