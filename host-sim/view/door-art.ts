/** What an onlooker sees of the door. */
export interface DoorLook {
  readonly bolt: 'locked' | 'unlocked' | 'between';
  readonly door: 'open' | 'closed';
}

interface Glyphs {
  readonly corner: readonly [string, string, string, string];
  readonly across: string;
  readonly down: string;
  readonly frame: string;
  readonly knob: string;
  readonly bolt: string;
}

const UNICODE: Glyphs = Object.freeze({
  corner: ['┌', '┐', '└', '┘'],
  across: '─',
  down: '│',
  frame: '▒',
  knob: '◉',
  bolt: '━',
} as const);

const ASCII: Glyphs = Object.freeze({
  corner: ['+', '+', '+', '+'],
  across: '-',
  down: '|',
  frame: '#',
  knob: 'o',
  bolt: '=',
} as const);

const LEAF_CLOSED = 12;
const LEAF_OPEN = 5;

/**
 * Draws the door as 7 lines of 18 characters: the leaf at left, the frame at right, the bolt between.
 * @param paintBolt - colours the characters of the bolt
 */
export function drawDoor(look: DoorLook, unicode: boolean, paintBolt: (text: string) => string): string[] {
  const glyphs = unicode ? UNICODE : ASCII;
  const leaf = look.door === 'closed' ? LEAF_CLOSED : LEAF_OPEN;
  const frame = glyphs.frame.repeat(2);
  const fill = ' '.repeat(LEAF_CLOSED - leaf);
  const [topLeft, topRight, bottomLeft, bottomRight] = glyphs.corner;
  const edge = (left: string, right: string) =>
    `${left}${glyphs.across.repeat(leaf)}${right} ${fill}${frame} `;
  const plain = `${glyphs.down}${' '.repeat(leaf)}${glyphs.down} ${fill}${frame} `;
  const reach = { unlocked: 0, between: 2, locked: 4 }[look.bolt];
  // Inside the leaf the bolt is always seen; what stands out covers its edge, the gap and the frame.
  const outside = `${glyphs.down} ${fill}${frame} `;
  const bolt = paintBolt(glyphs.bolt.repeat(3 + reach));
  const middle = `${glyphs.down}${' '.repeat(leaf - 5)}${glyphs.knob} ${bolt}${outside.slice(reach)}`;
  return [edge(topLeft, topRight), plain, plain, middle, plain, plain, edge(bottomLeft, bottomRight)];
}
