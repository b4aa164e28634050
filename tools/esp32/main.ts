import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { IoError } from '../../firmware/protocol/errors.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { checkTarget } from './check.js';
import { type ConfigureFlags, parseConfigureFlags } from './configure-options.js';
import { configureLock } from './pairing.js';
import { boardNames, findSdk, mcconfigArguments, NO_SDK, pairingSecretOf } from './sdk.js';
import { openSerialDevice } from './serial-device.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

interface Flags extends ConfigureFlags {
  readonly board?: string;
  readonly check?: boolean;
  readonly build?: boolean;
  readonly deploy?: boolean;
  readonly debug?: boolean;
  readonly hardened?: boolean;
  readonly configure?: string;
  readonly json?: boolean;
}

/** Exit codes: 1 a check or a step failed, 2 the command line is wrong, 3 the SDK is missing. */
async function main(): Promise<number> {
  const program = new Command('esp32')
    .description('Checks, builds and flashes the lock for an ESP32, and configures a flashed one.')
    .option('--board <name>', `one of ${boardNames(ROOT).join(', ')}`)
    .option('--check', 'types, paths, imports and preload safety; needs no SDK')
    .option('--build', 'builds with mcconfig')
    .option('--deploy', 'builds and flashes')
    .option('--debug', 'with the debugger; pairing then uses the second serial port')
    .option(
      '--hardened',
      'secure boot and flash encryption: burns fuses, read docs/flash-a-real-lock.md first',
    )
    .option('--configure <port>', 'pairs the lock on this serial device, or changes its settings')
    .option('--secret-file <file>', 'configure: the pairing secret, 0x hex in one line')
    .option('--owner <address>', 'configure: the key that the lock will obey')
    .option('--deployment <file>', 'configure: what npm run deploy wrote')
    .option('--rpc <urls>', "configure: the lock's JSON-RPC nodes, commas between")
    .option('--wifi <ssid>', 'configure: the network to join')
    .option('--wifi-password-file <file>', "configure: the network's password in one line")
    .option('--report-url <url>', 'configure: where reports are posted')
    .option('--json', 'print the result as one line of JSON')
    .parse();
  const flags = program.opts<Flags>();
  if (flags.configure !== undefined) return configure(flags.configure, flags);
  if (flags.board !== undefined && !boardNames(ROOT).includes(flags.board)) {
    say(`no board ${flags.board}; there are ${boardNames(ROOT).join(', ')}`);
    return 2;
  }
  if (flags.build || flags.deploy) return build(flags);
  return check(flags.json === true);
}

function check(json: boolean): number {
  const sdk = findSdk(process.env);
  const problems = checkTarget(ROOT, sdk);
  if (json)
    process.stdout.write(`${JSON.stringify({ event: 'checked', ok: problems.length === 0, problems })}\n`);
  for (const problem of problems) say(problem);
  if (problems.length > 0) return 1;
  say(
    `types, paths, imports and preloading are good${sdk === undefined ? '; the SDK is not here to build' : ''}`,
  );
  return 0;
}

function build({ board, deploy, debug, hardened }: Flags): number {
  if (board === undefined) {
    say(`say --board, one of ${boardNames(ROOT).join(', ')}`);
    return 2;
  }
  if (findSdk(process.env) === undefined) {
    say(NO_SDK);
    return 3;
  }
  const checked = check(false);
  if (checked !== 0) return checked;
  const { secret, file } = pairingSecretOf(ROOT, board);
  say(`the pairing secret of this board is in ${file}: print it, and keep it off the lock's body`);
  const options = { board, debug: debug === true, pairingSecret: secret };
  const env = hardened
    ? { ...process.env, SDKCONFIGPATH: `${ROOT}firmware/targets/esp32/sdkconfig-hardened` }
    : process.env;
  for (const what of deploy ? (['build', 'deploy'] as const) : (['build'] as const)) {
    const buildUnixSeconds = Math.floor(Date.now() / 1000);
    const { status } = spawnSync('mcconfig', mcconfigArguments({ ...options, what, buildUnixSeconds }), {
      cwd: ROOT,
      env,
      stdio: ['ignore', 2, 2],
    });
    if (status !== 0) {
      say(`mcconfig failed to ${what}; its own lines above say why`);
      return 1;
    }
  }
  return 0;
}

async function configure(port: string, flags: Flags): Promise<number> {
  const parsed = parseConfigureFlags(flags);
  say('press the inside button of the lock now');
  const lock = await configureLock(openSerialDevice(port), {
    ...parsed,
    quietMs: 1_500,
    nowSeconds: Math.floor(Date.now() / 1000),
    onWaiting: () => process.stderr.write('.'),
  });
  const result = {
    event: lock.isNew ? 'paired' : 'configured',
    lock: formatHex(lock.lock20),
    deadline: lock.deadlineSeconds,
    deviceSignature: formatHex(lock.registrationSignature65),
  };
  if (flags.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else {
    say(`${result.event}: lock ${result.lock}`);
    say(
      `to register it, call register(${result.lock}, ${result.deadline}, ${result.deviceSignature}) as its owner within the hour`,
    );
  }
  return 0;
}

function say(text: string): void {
  process.stderr.write(`${text.replace(/^/gm, 'esp32: ')}\n`);
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    if (!(error instanceof IoError)) throw error;
    say(error.message);
    process.exitCode = 1;
  },
);
