/** Controls of a terminal, ends of lines among them, and signs that turn the direction in which text is read. */
const CONTROLS = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Text of somebody else, as it may stand in one line before a person: a report, a node or a file must not be able to
 * draw over what this program says.
 */
export function plainText(text: string): string {
  return text.replace(CONTROLS, '\ufffd');
}
