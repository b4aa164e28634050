import type { Command } from 'commander';
import { equalBytes } from '../../../firmware/protocol/bytes.js';
import { parseHex } from '../../../firmware/protocol/hex.js';
import { openChain } from '../chain-link.js';
import { chosenLock } from '../chosen-lock.js';
import { keptSettings, lockEndpoints, type SettingFlags, settingTexts } from '../lock-settings.js';
import { keptZone, zoneWords } from '../lock-zone.js';
import { EXIT_CODES, Failure } from '../owner/failure.js';
import { askPairingSecret, inPairingSession, type PairingFlags } from '../pairing-session.js';
import { addSettingOptions } from '../setting-options.js';
import { tableLines } from '../table.js';
import { type AddCommand, examples, openTool, type Tool } from '../tool.js';

interface ConfigureFlags extends PairingFlags, SettingFlags {}

/** `configure`: changes the settings of a paired lock that somebody stands beside. */
export const addConfigure: AddCommand = (program, io) => {
  const command = program
    .command('configure')
    .description('changes the settings of a paired lock that you stand beside')
    .requiredOption('--at <endpoint>', "the lock's pairing endpoint, 127.0.0.1:PORT")
    .option('--secret-file <file>', 'its first line is the code of the lock; else it is asked for');
  addSettingOptions(command)
    .addHelpText('after', examples('latchkey configure --at 127.0.0.1:4711 --set auto-relock=off'))
    .action((flags: ConfigureFlags, called: Command) => configure(openTool(io, called), flags));
};

async function configure(tool: Tool, flags: ConfigureFlags): Promise<void> {
  const { output, config } = tool;
  const lock = chosenLock(tool);
  const { record } = lock;
  if (record === undefined)
    throw new Failure(
      EXIT_CODES.usage,
      `${config.path} does not hold the settings of ${lock.name}: pair it by name`,
    );
  // The lock takes settings whole, so what is not said now is said as before.
  const texts = settingTexts(tool, flags, { before: record.settings ?? {} });
  const { rpcUrl } = await openChain(tool, lock);
  const isSaid = flags.endpoint !== undefined;
  const endpoints = isSaid ? lockEndpoints(flags, rpcUrl) : (record.endpoints ?? [rpcUrl]);
  const secret16 = await askPairingSecret(tool, flags);
  await inPairingSession(tool, flags, secret16, async (channel) => {
    if (!equalBytes(channel.lock20, parseHex(lock.address, 20)))
      throw new Failure(
        EXIT_CODES.usage,
        `another lock than ${lock.name} answers there: say --lock, or another --at`,
      );
    const { chainId, registry, startBlock } = record;
    const settings = {
      chainId: BigInt(chainId),
      registry: parseHex(registry, 20),
      startBlock,
      endpoints,
      texts,
    };
    await channel.ask({ kind: 'configure', settings }, 'configured');
  });
  const kept = keptSettings(texts);
  const { zone, ...rest } = record;
  const zoneKept = keptZone(tool, texts, flags.timeZone ?? zone);
  config.rememberLock(lock.name, { ...rest, endpoints, settings: kept, ...zoneKept });
  output.result({ event: 'configured', lock: lock.address, endpoints, settings: kept }, [
    `${lock.name} has taken its settings`,
    ...tableLines(
      Object.entries(kept).map(([name, value]) => {
        const isZone = name === 'time-zone';
        return [name, isZone ? zoneWords(tool, { settings: kept, ...zoneKept }) : value];
      }),
    ),
  ]);
}
