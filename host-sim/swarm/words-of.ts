import type { Command } from '../../firmware/protocol/command.js';
import { formatHex } from '../../firmware/protocol/hex.js';

/** A command in a line of the timeline. @param startSeconds - times are told from here, Unix seconds */
export function wordsOf(command: Command, startSeconds: number): string {
  switch (command.kind) {
    case 'order':
      return `order ${command.order.action} of epoch ${command.order.epoch} until ${command.order.notAfterSeconds - startSeconds} s`;
    case 'grant':
      return `grant to ${formatHex(command.guest).slice(0, 8)} rights ${command.terms.rights} serial ${command.terms.serial - startSeconds}`;
    case 'handover':
      return `handover to ${formatHex(command.to).slice(0, 8)} epoch ${command.epoch} to ${command.newEpoch}`;
  }
}
