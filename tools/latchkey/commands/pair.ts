import type { Command } from 'commander';
import type { Address, Hex } from 'viem';
import { formatHex, parseHex } from '../../../firmware/protocol/hex.js';
import { fingerprint, parseAddress } from '../address-text.js';
import { type ChainLink, expectRegistry, openChain } from '../chain-link.js';
import { chainWords } from '../chains.js';
import { checkName, type LockRecord } from '../config.js';
import { chosenKey, openKey } from '../key-ring.js';
import { keptSettings, lockEndpoints, type SettingFlags, settingTexts } from '../lock-settings.js';
import { keptZone, zoneWords } from '../lock-zone.js';
import { EXIT_CODES, Failure } from '../owner/failure.js';
import type { PairingChannel } from '../owner/pairing-client.js';
import { askPairingSecret, inPairingSession, type PairingFlags } from '../pairing-session.js';
import { CONSENT_SECONDS, type Consent, registerLock } from '../registration.js';
import { absoluteSource } from '../report-source.js';
import { addSettingOptions } from '../setting-options.js';
import { type AddCommand, examples, openTool, type Tool } from '../tool.js';

interface PairFlags extends PairingFlags, SettingFlags {
  readonly register?: boolean;
}

/** `pair`: makes a key the owner of a lock that somebody stands beside. */
export const addPair: AddCommand = (program, io) => {
  const command = program
    .command('pair')
    .description('makes your key the owner of a lock that you stand beside, and names it')
    .argument('[name]', 'what to call it', 'door')
    .requiredOption('--at <endpoint>', "the lock's pairing endpoint, 127.0.0.1:PORT")
    .option('--secret-file <file>', 'its first line is the code of the lock; else it is asked for')
    .option('--register', 'then register it on the chain at once');
  addSettingOptions(command)
    .addHelpText(
      'after',
      examples(
        'latchkey pair front-door --at 127.0.0.1:4711 --register',
        'latchkey pair --at 127.0.0.1:4711 --set auto-relock=30',
      ),
    )
    .action((name: string, flags: PairFlags, called: Command) => pair(openTool(io, called), name, flags));
};

async function pair(tool: Tool, name: string, flags: PairFlags): Promise<void> {
  const { io, output, config } = tool;
  checkName(name, 'lock');
  const { locks = {} } = config.content;
  const taken = Object.hasOwn(locks, name) ? locks[name] : undefined;
  const chain = await openChain(tool);
  const registry = registryOf(tool);
  await expectRegistry(chain, registry);
  const texts = settingTexts(tool, flags, { timeZone: io.timeZone });
  const endpoints = lockEndpoints(flags, chain.rpcUrl);
  const account = flags.register ? await openKey(tool) : undefined;
  const owner = (account?.address.toLowerCase() as Address | undefined) ?? addressOfKey(tool);
  const secret16 = await askPairingSecret(tool, flags);
  const startBlock = Number(await chain.reader.getBlockNumber());
  const paired = await inPairingSession(tool, flags, secret16, async (channel) => {
    const lock = formatHex(channel.lock20) as Address;
    if (taken !== undefined && taken.address !== lock)
      throw new Failure(EXIT_CODES.usage, `"${name}" is the name of another lock: choose another one`);
    if (channel.paired)
      throw new Failure(
        EXIT_CODES.failed,
        `the lock ${lock} has an owner already: latchkey status tells whom`,
      );
    await compare(tool, lock, owner);
    const settings = {
      chainId: BigInt(chain.chainId),
      registry: parseHex(registry, 20),
      startBlock,
      endpoints,
      texts,
    };
    const ownerUnixSeconds = Math.floor(io.nowUnixMs() / 1_000);
    await channel.ask({ kind: 'pair', owner: parseHex(owner, 20), ownerUnixSeconds, settings }, 'paired');
    return { lock, publicKey: formatHex(channel.publicKey33), consent: await consentOf(tool, channel) };
  });
  const record: LockRecord = {
    address: paired.lock,
    registry,
    chainId: chain.chainId,
    startBlock,
    publicKey: paired.publicKey,
    ...(tool.flags.reports !== undefined && { reports: absoluteSource(tool.flags.reports, io.cwd) }),
    ...(tool.flags.rpc !== undefined && { rpc: tool.flags.rpc }),
    endpoints,
    settings: keptSettings(texts),
    ...keptZone(tool, texts, flags.timeZone),
    consent: paired.consent,
  };
  config.rememberLock(name, record);
  if (config.content.lock === undefined) config.change({ lock: name });
  tellPaired(tool, name, record, owner, chain);
  if (account) await registerLock(tool, chain, account, { name, ...record }, paired.consent);
  else output.say('next: latchkey register, within the hour');
}

/** Takes the device's word that its pinned owner may register it. */
export async function consentOf({ io }: Tool, channel: PairingChannel): Promise<Consent> {
  const deadlineSeconds = Math.floor(io.nowUnixMs() / 1_000) + CONSENT_SECONDS;
  const { signature65 } = await channel.ask({ kind: 'register', deadlineSeconds }, 'registration');
  return { deadlineSeconds, signature: formatHex(signature65) as Hex };
}

async function compare({ io, output, flags }: Tool, lock: Address, owner: Address): Promise<void> {
  output.note(`the lock says it is   ${fingerprint(lock)}`);
  output.note(`it will obey          ${fingerprint(owner)}`);
  if (flags.yes) return;
  if (!(await io.prompt.confirm('Are both right?')))
    throw new Failure(EXIT_CODES.failed, 'not paired: nothing was changed in the lock');
}

function tellPaired(
  tool: Tool,
  name: string,
  record: LockRecord,
  owner: Address,
  { chainId }: ChainLink,
): void {
  const { output, config } = tool;
  const { address, registry, startBlock } = record;
  output.result({ event: 'paired', name, lock: address, owner, registry, chainId, startBlock }, [
    `${name} is paired: lock ${address} obeys ${owner}, on ${chainWords(chainId)}`,
    `its time zone is ${zoneWords(tool, record)}; remembered in ${config.path}`,
  ]);
}

function registryOf({ flags, config }: Tool): Address {
  const registry = flags.registry ?? config.content.registry;
  if (registry === undefined)
    throw new Failure(
      EXIT_CODES.usage,
      'no registry is known: latchkey deploy one, or say --registry ADDRESS',
    );
  return parseAddress(registry, 'registry');
}

function addressOfKey(tool: Tool): Address {
  const { name, address } = chosenKey(tool);
  if (address !== undefined) return address;
  throw new Failure(EXIT_CODES.usage, `the keystore ${name} does not tell its address: add --register`);
}
