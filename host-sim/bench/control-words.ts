import type { LockBench } from './lock-bench.js';

/** What a control word brought about; further fields are for programs. */
export interface ControlAnswer {
  readonly ok: boolean;
  /** For people, one line or more. */
  readonly text: string;
  readonly [field: string]: unknown;
}

/** What the control words reach. */
export interface ControlTarget {
  readonly bench: LockBench;
  /** Who the lock is, where it pairs and what its box would show. */
  readonly identity: () => Readonly<Record<string, unknown>>;
  readonly box: () => { readonly text: string; readonly code: string; readonly uri: string };
}

interface ControlWord {
  readonly usage: string;
  readonly what: string;
  /** @returns undefined where the arguments are not what `usage` says */
  readonly run: (target: ControlTarget, args: readonly string[]) => ControlAnswer | undefined;
}

/** Milliseconds without current in `power cycle`: timers of the boot before must all be gone. */
const CYCLE_MS = 200;
const HOLD_SECONDS_MAX = 120;
const OFFSET_SECONDS_MAX = 20 * 366 * 86_400;

/** Everything that a hand can do to a simulated lock and its door, by the first word of a line. */
export const CONTROL_WORDS: Readonly<Record<string, ControlWord>> = Object.freeze({
  help: {
    usage: 'help',
    what: 'list these words',
    run: (_target, args) => (args.length === 0 ? done(helpText()) : undefined),
  },
  status: {
    usage: 'status',
    what: 'how door, bolt, power, network, clock and battery are',
    run: (target, args) => (args.length === 0 ? statusOf(target) : undefined),
  },
  secret: {
    usage: 'secret',
    what: "the pairing code that the lock's box would carry",
    run: ({ box }, args) => {
      if (args.length > 0) return undefined;
      const { text, ...fields } = box();
      return done(text, fields);
    },
  },
  press: {
    usage: 'press',
    what: 'press the inside button; opens pairing for 120 s',
    run: ({ bench }, args) => {
      if (args.length > 0) return undefined;
      bench.door.pressButton();
      return done('pressed the inside button');
    },
  },
  hold: {
    usage: 'hold SECONDS',
    what: 'keep the inside button pressed that long; from 10 s on it is a factory reset',
    run: ({ bench }, args) => {
      const seconds = wholeNumber(args, 1, HOLD_SECONDS_MAX);
      if (seconds === undefined) return undefined;
      bench.door.pressButton(seconds * 1_000);
      return done(`the inside button is held for ${seconds} s`);
    },
  },
  outside: {
    usage: 'outside',
    what: 'press the button outside',
    run: ({ bench }, args) => {
      if (args.length > 0) return undefined;
      bench.door.pressOutsideButton();
      return done('pressed the button outside');
    },
  },
  door: {
    usage: 'door open|close|force',
    what: 'move the door, where the bolt lets it, or break it open',
    run: ({ bench: { door } }, [to, ...rest]) => {
      if (rest.length > 0 || (to !== 'open' && to !== 'close' && to !== 'force')) return undefined;
      if (to === 'open') door.openDoor();
      else if (to === 'force') door.forceDoor();
      else door.closeDoor();
      return door.door === (to === 'close' ? 'closed' : 'open')
        ? done(`the door is ${door.door}`, { door: door.door })
        : failed(`the bolt stands out: the door stays ${door.door}`, { door: door.door });
    },
  },
  case: {
    usage: 'case open|close',
    what: "take the lid off the lock's case, or put it back",
    run: ({ bench: { door } }, [to, ...rest]) => {
      if (rest.length > 0 || (to !== 'open' && to !== 'close')) return undefined;
      door.setTamper(to === 'open');
      return done(`the case is ${to === 'open' ? 'open' : 'closed'}`);
    },
  },
  turn: {
    usage: 'turn lock|unlock',
    what: 'turn the thumb-turn inside',
    run: ({ bench: { door } }, [to, ...rest]) => {
      if (rest.length > 0 || (to !== 'lock' && to !== 'unlock')) return undefined;
      door.turnThumb(to === 'lock' ? 'locked' : 'unlocked');
      return done(`the bolt is ${door.bolt}`, { bolt: door.bolt });
    },
  },
  jam: {
    usage: 'jam on|off',
    what: 'let the bolt stick halfway',
    run: onOff(({ bench }, on) => {
      bench.door.setJammed(on);
      return done(on ? 'the bolt sticks' : 'the bolt is free');
    }),
  },
  sensor: {
    usage: 'sensor dead|alive',
    what: "cut or mend the wires of the bolt's end switches",
    run: ({ bench }, [state, ...rest]) => {
      if (rest.length > 0 || (state !== 'dead' && state !== 'alive')) return undefined;
      bench.door.setSwitchesDead(state === 'dead');
      return done(`the bolt's end switches are ${state}`);
    },
  },
  battery: {
    usage: 'battery MILLIVOLTS',
    what: 'set the voltage of the battery',
    run: ({ bench }, args) => {
      const milliVolts = wholeNumber(args, 0, 65_535);
      if (milliVolts === undefined) return undefined;
      bench.setBattery(milliVolts);
      return done(`the battery has ${milliVolts} mV`);
    },
  },
  power: {
    usage: 'power on|off|cycle',
    what: "switch the lock's power; it stays off over a restart",
    run: ({ bench }, [to, ...rest]) => {
      if (rest.length > 0 || (to !== 'on' && to !== 'off' && to !== 'cycle')) return undefined;
      bench.setPower(to === 'on');
      if (to === 'cycle') {
        const timer = setTimeout(() => bench.setPower(true), CYCLE_MS);
        timer.unref();
      }
      return done(to === 'cycle' ? 'the power is off, and on again in a moment' : `the power is ${to}`);
    },
  },
  network: {
    usage: 'network on|off',
    what: 'connect the lock to the network, or not',
    run: onOff(({ bench }, on) => {
      bench.setNetwork(on);
      return done(`the network is ${on ? 'on' : 'off'}`);
    }),
  },
  clock: {
    usage: 'clock host|none|offset SECONDS',
    what: 'who tells the lock the time, and how far it is off',
    run: ({ bench }, [source, ...rest]) => {
      if (source === 'offset') {
        const seconds = wholeNumber(rest, -OFFSET_SECONDS_MAX, OFFSET_SECONDS_MAX);
        if (seconds === undefined) return undefined;
        bench.setClock('host', seconds);
        return done(
          `the lock is told the time of this computer ${seconds < 0 ? '-' : '+'} ${Math.abs(seconds)} s`,
        );
      }
      if (rest.length > 0 || (source !== 'host' && source !== 'none')) return undefined;
      bench.setClock(source);
      return done(
        source === 'host'
          ? 'this computer tells the lock the time'
          : 'nobody tells the lock the time; what it knows it keeps until its next boot',
      );
    },
  },
});

/** Carries out one line. Unknown words and wrong arguments change nothing. */
export function obeyWords(target: ControlTarget, words: readonly string[]): ControlAnswer {
  const [first = '', ...args] = words;
  if (!isWord(first)) return failed(`no such word: ${first.slice(0, 32)} (help lists them)`);
  const word = CONTROL_WORDS[first];
  return word?.run(target, args) ?? failed(`expected: ${word?.usage}`);
}

export function isWord(word: string): boolean {
  return Object.hasOwn(CONTROL_WORDS, word);
}

export function helpText(): string {
  const words = Object.values(CONTROL_WORDS);
  const width = Math.max(...words.map(({ usage }) => usage.length)) + 2;
  return words.map(({ usage, what }) => `  ${usage.padEnd(width)}${what}`).join('\n');
}

function statusOf({ bench, identity }: ControlTarget): ControlAnswer {
  const { door, host, world, network } = bench;
  const fields = {
    ...identity(),
    powered: host.powered,
    uptimeMs: host.uptimeMs,
    bolt: door.bolt,
    door: door.door,
    moves: door.moves,
    jammed: door.state.jammed,
    caseOpen: door.state.caseOpen,
    switchesDead: door.state.switchesDead,
    batteryMilliVolts: world.batteryMilliVolts,
    network: network.on,
    clock: world.clockSource,
    clockOffsetSeconds: world.clockOffsetSeconds,
  };
  const lines = Object.entries(fields).map(([name, value]) => `  ${name.padEnd(20)}${value}`);
  return done(lines.join('\n'), fields);
}

function onOff(run: (target: ControlTarget, on: boolean) => ControlAnswer): ControlWord['run'] {
  return (target, [state, ...rest]) => {
    if (rest.length > 0 || (state !== 'on' && state !== 'off')) return undefined;
    return run(target, state === 'on');
  };
}

function wholeNumber([text = '', ...rest]: readonly string[], min: number, max: number): number | undefined {
  const value = /^[+-]?[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return rest.length === 0 && value >= min && value <= max ? value : undefined;
}

function done(text: string, fields: Readonly<Record<string, unknown>> = {}): ControlAnswer {
  return { ok: true, text, ...fields };
}

function failed(text: string, fields: Readonly<Record<string, unknown>> = {}): ControlAnswer {
  return { ok: false, text, ...fields };
}
