/**
 * Blanks out comments and what stands in quotes, keeping every line where it was. A template keeps its place but
 * loses all of its text, `${}` included.
 */
export function blankSource(text: string): string {
  let out = '';
  let at = 0;
  while (at < text.length) {
    const piece = TOKEN.exec(text.slice(at))?.[0] ?? (text[at] as string);
    const opensRegExp = piece === '/' && /(?:[(,=:[!&|?{};]|\breturn)\s*$/.test(out);
    const taken = opensRegExp ? (REG_EXP.exec(text.slice(at))?.[0] ?? piece) : piece;
    if (taken.startsWith('//') || taken.startsWith('/*')) out += spaces(taken);
    else if (/^['"`]/.test(taken) || (opensRegExp && taken !== '/')) out += `'${spaces(taken.slice(2))}'`;
    else out += taken;
    at += taken.length;
  }
  return out;
}

const TOKEN =
  /^(?:\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`|[\w$]+)/;
const REG_EXP = /^\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/;

function spaces(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}
