import type { Command } from '../../firmware/protocol/command.js';
import { formatHex } from '../../firmware/protocol/hex.js';

/** What a command says, for a timeline. @param fromSeconds - the Unix second at which the timeline begins */
export function wordsOf(command: Command, fromSeconds: number): string {
  switch (command.kind) {
    case 'order':
      return `order ${command.order.action} of epoch ${command.order.epoch} until ${command.order.notAfterSeconds - fromSeconds} s`;
    case 'grant':
      return `grant to ${formatHex(command.guest).slice(0, 8)} rights ${command.terms.rights} serial ${command.terms.serial - fromSeconds}`;
    case 'handover':
      return `handover to ${formatHex(command.to).slice(0, 8)} epoch ${command.epoch} to ${command.newEpoch}`;
  }
}
