import type { Command } from 'commander';

/** The options by which a lock's settings are said, for all commands that send some. */
export function addSettingOptions(command: Command): Command {
  return command
    .option('--endpoint <url>', 'a JSON-RPC node that the lock asks; may be said up to 8 times', collect)
    .option('--report-url <url>', 'where the lock posts its reports, such as a latchkey sink')
    .option('--time-zone <zone>', "an IANA zone or a POSIX TZ string; this computer's where absent")
    .option('--wifi-password-file <file>', "its first line is the Wi-Fi's password")
    .option('--set <name=value>', 'another setting, such as auto-relock=30; may be said often', collect);
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
