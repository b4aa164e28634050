import type { Command } from 'commander';
import { ConfigFile, toolHome } from './config.js';
import { Output } from './output.js';
import type { ToolIo } from './tool-io.js';

/** Options that every command takes; shown under its own. */
export interface GlobalFlags {
  readonly json?: boolean;
  readonly config?: string;
  readonly chain?: string;
  readonly rpc?: string;
  readonly registry?: string;
  readonly lock?: string;
  readonly key?: string;
  readonly reports?: string;
  readonly passwordFile?: string;
  readonly yes?: boolean;
}

/** What a command works with. */
export interface Tool {
  readonly io: ToolIo;
  readonly flags: GlobalFlags;
  readonly output: Output;
  readonly config: ConfigFile;
  /** Folder of keys and of what was sent. */
  readonly home: string;
}

/** Puts one command into the program. */
export type AddCommand = (program: Command, io: ToolIo) => void;

/** Gathers what a command works with from where it was called. @throws Failure */
export function openTool(io: ToolIo, command: Command): Tool {
  const flags = command.optsWithGlobals<GlobalFlags>();
  const own = toolHome(io.env, io.homeDirectory);
  const config = ConfigFile.open(flags.config, io.cwd, own);
  return {
    io,
    flags,
    home: config.home ?? own,
    output: new Output(io, flags.json === true),
    config,
  };
}

/** Examples under a command's help. */
export function examples(...lines: readonly string[]): string {
  return `\nExample:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}
