import type { Notice } from '../../firmware/lock/ports.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { plainText } from '../../tools/latchkey/owner/plain-text.js';
import type { HostEvent } from '../lock-host.js';
import { alarmWord, shortHex } from '../view/words.js';

/** What a running lock tells, one line each; hex is lowercase with 0x. */
export interface LockLine {
  readonly event: string;
  /** For people. */
  readonly text: string;
  readonly [field: string]: unknown;
}

/** @returns the line for an event, or undefined for what happens all day */
export function lockLine(event: HostEvent): LockLine | undefined {
  switch (event.kind) {
    case 'notice':
      return noticeLine(event.notice);
    case 'delivered':
      return {
        event: 'report',
        text: `report ${event.seq} delivered`,
        seq: event.seq,
        cose: formatHex(event.cose),
      };
    case 'power':
      return { event: 'power', text: `power ${event.on ? 'on' : 'off'}`, on: event.on };
    case 'crashed': {
      const end = event.restartMs === undefined ? 'too often: it stays off' : 'it starts again';
      return {
        event: 'crashed',
        text: `the lock crashed (${event.message}), ${end}`,
        message: event.message,
      };
    }
  }
}

function noticeLine(notice: Notice): LockLine | undefined {
  switch (notice.event) {
    case 'paired': {
      const owner = formatHex(notice.owner);
      return { event: 'paired', text: `paired with ${owner}`, owner, epoch: notice.epoch };
    }
    case 'bolt': {
      const by = orNull(notice.by);
      const who = by === null ? '' : ` by ${shortHex(by)}`;
      const { position, cause } = notice;
      return {
        event: 'bolt',
        text: `bolt ${position} (${cause}${who})`,
        position,
        cause,
        by,
        tx: orNull(notice.tx),
      };
    }
    case 'refused': {
      const { reason, detail } = notice;
      const by = orNull(notice.by);
      const from = by === null ? '' : ` from ${shortHex(by)}`;
      // Some of it a node has said.
      const why = detail === undefined ? '' : `: ${plainText(detail)}`;
      return { event: 'refused', text: `refused ${reason}${from}${why}`, reason, by, tx: orNull(notice.tx) };
    }
    case 'adoption': {
      const owner = formatHex(notice.owner);
      const { stage, epoch } = notice;
      return { event: 'adoption', text: `adoption by ${shortHex(owner)}: ${stage}`, stage, owner, epoch };
    }
    case 'reset':
      return { event: 'reset', text: 'factory reset: at the next boot this is another lock' };
    case 'alarm': {
      const { alarm, on } = notice;
      return { event: 'alarm', text: `alarm ${on ? 'on' : 'off'}: ${alarmWord(alarm)}`, alarm, on };
    }
    default:
      return undefined;
  }
}

function orNull(bytes: Uint8Array | undefined): string | null {
  return bytes === undefined ? null : formatHex(bytes);
}
