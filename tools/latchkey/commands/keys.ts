import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Hex } from 'viem';
import { generatePrivateKey } from 'viem/accounts';
import { readFirstLine } from '../files.js';
import {
  askPassword,
  freePath,
  listKeys,
  passwordFile,
  readKeystore,
  type StoredKey,
  storeKey,
} from '../key-ring.js';
import { EXIT_CODES, Failure } from '../owner/failure.js';
import { addressOfKey, decryptKey } from '../owner/keystore.js';
import { tableLines } from '../table.js';
import { type AddCommand, examples, openTool, type Tool } from '../tool.js';

const PASSWORD_CHARS_MIN = 8;

/** `keys new|import|list`: keys that a password encrypts, in the tool's home. */
export const addKeys: AddCommand = (program, io) => {
  const keys = program.command('keys').description('makes, imports and lists keys that a password encrypts');
  keys
    .command('new')
    .description('makes a key')
    .argument('[name]', 'what to call it', 'owner')
    .addHelpText('after', examples('latchkey keys new owner'))
    .action((name: string, _flags, command: Command) => makeKey(openTool(io, command), name));
  keys
    .command('import')
    .description('takes in a key: typed at a question, from a file, or from a keystore of another wallet')
    .argument('[name]', 'what to call it', 'owner')
    .option('--file <file>', 'its first line is the private key in hex; delete it afterwards')
    .option('--keystore <file>', 'a keystore of version 3, which keeps its password')
    .addHelpText('after', examples('latchkey keys import owner --keystore ~/UTC--2026-01-01--f39f.json'))
    .action((name: string, flags: ImportFlags, command: Command) =>
      importKey(openTool(io, command), name, flags),
    );
  keys
    .command('list')
    .description('lists the keys with their addresses')
    .addHelpText('after', examples('latchkey keys list'))
    .action((_flags, command: Command) => {
      const { output, home, config } = openTool(io, command);
      const list = listKeys(home);
      output.result(
        { event: 'keys', keys: list },
        list.length === 0
          ? ['no keys yet: latchkey keys new makes one']
          : tableLines(
              list.map(({ name, address }) => [
                name,
                address ?? 'address not told',
                name === config.content.key ? '(default)' : '',
              ]),
            ),
      );
    });
};

interface ImportFlags {
  readonly file?: string;
  readonly keystore?: string;
}

async function makeKey(tool: Tool, name: string): Promise<void> {
  freePath(tool.home, name);
  const key = await storeKey(tool.home, name, generatePrivateKey(), await newPassword(tool, name));
  told(tool, key, 'made');
}

async function importKey(tool: Tool, name: string, { file, keystore }: ImportFlags): Promise<void> {
  freePath(tool.home, name);
  if (file !== undefined && keystore !== undefined)
    throw new Failure(EXIT_CODES.usage, 'say --file or --keystore, not both');
  if (keystore !== undefined) {
    const foreign = readKeystore(resolve(tool.io.cwd, keystore));
    const password = await askPassword(tool, 'Password of that keystore');
    const secretKey = await decryptKey(foreign, password);
    told(tool, await storeKey(tool.home, name, secretKey, password), 'imported');
    return;
  }
  const text =
    file === undefined
      ? await tool.io.prompt.secret('Private key, 64 hex digits (not shown)')
      : readFirstLine(resolve(tool.io.cwd, file), 'the key file');
  const secretKey = `0x${text.trim().replace(/^0x/, '')}` as Hex;
  addressOfKey(secretKey);
  told(tool, await storeKey(tool.home, name, secretKey, await newPassword(tool, name)), 'imported');
  if (file !== undefined) tool.output.note(`latchkey: ${file} still holds the key in plain: delete it`);
}

async function newPassword(tool: Tool, name: string): Promise<string> {
  const password = await askPassword(tool, `A password for the key ${name}`);
  if (password.length < PASSWORD_CHARS_MIN)
    throw new Failure(EXIT_CODES.usage, `the password needs ${PASSWORD_CHARS_MIN} characters or more`);
  if (
    passwordFile(tool) === undefined &&
    (await tool.io.prompt.secret('The same password again')) !== password
  )
    throw new Failure(EXIT_CODES.usage, 'the two passwords differ: nothing was kept');
  return password;
}

function told(
  { output, config }: Tool,
  { name, path, address }: StoredKey,
  event: 'made' | 'imported',
): void {
  if (config.content.key === undefined) config.change({ key: name });
  output.result({ event, name, address, file: path }, [
    `${event} the key ${name}: ${address}`,
    `kept in ${path}; nobody can restore a lost key or password, so back both up`,
  ]);
}
