import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, readSource } from './sources.js';

const DOCUMENT = 'SECURITY.md';
const LINK = /\[[^\]]*\]\(([^)\s]+)\)/g;
/** What is not built yet, and where it will be. */
const OPEN = /^open: [^;]+; will go to `([a-z0-9-]+)(?:\/[a-z0-9.-]+)*`/;

interface Threat {
  readonly number: number;
  /** The last cell: links to tests, each with the titles that it names in quotes. */
  readonly shownBy: string;
}

function threatsIn(markdown: string): readonly Threat[] {
  const section = markdown.split('\n## ').find((part) => part.startsWith('Threats')) ?? '';
  return section.split('\n').flatMap((line) => {
    const cells = line.split(' | ');
    const number = Number(/^\| (\d+)$/.exec(cells[0] ?? '')?.[1]);
    return Number.isNaN(number) ? [] : [{ number, shownBy: cells.slice(3).join(' | ').replace(/ \|$/, '') }];
  });
}

/** @param read - the text of a file, undefined where there is none @returns what is wrong with a row */
function faultsOf(
  { number, shownBy }: Threat,
  read: (path: string) => string | undefined,
): readonly string[] {
  const faults: string[] = [];
  const entries = shownBy.split('<br>').map((entry) => entry.trim());
  for (const entry of entries) {
    const paths = [...entry.matchAll(LINK)].map((match) => match[1] ?? '');
    if (paths.length === 0 && !OPEN.test(entry)) faults.push(`${number}: no test and no place: ${entry}`);
    if (paths.length > 1) faults.push(`${number}: two links in one entry: ${entry}`);
    for (const path of paths) {
      const text = path.endsWith('.test.ts') ? read(path) : undefined;
      if (text === undefined) faults.push(`${number}: no such test file: ${path}`);
      const known = titlesIn(text ?? '');
      const quoted = [...entry.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? '');
      if (quoted.length === 0) faults.push(`${number}: names no test of ${path}`);
      for (const title of quoted)
        if (!known.some((pattern) => pattern.test(title)))
          faults.push(`${number}: no test "${title}" in ${path}`);
    }
  }
  return faults;
}

/** The titles of a test file; what a template fills in may be anything, its own words included. */
function titlesIn(text: string): readonly RegExp[] {
  return [...text.matchAll(/\bit\(\s*(['"`])((?:\\.|(?!\1)[\s\S])*)\1/g)].map(([, quote, title = '']) => {
    const words = quote === '`' ? title.split(/\$\{[^}]*\}/) : [title];
    return new RegExp(`^${words.map((word) => escaped(word.replace(/\\(.)/g, '$1'))).join('.+')}$`);
  });
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

describe('the table of threats', () => {
  const read = (path: string) => (existsSync(join(ROOT, path)) ? readSource(path).text : undefined);
  const threats = threatsIn(readSource(DOCUMENT).text);

  it('numbers its rows from 1 on', () => {
    assert.ok(threats.length >= 23, `${threats.length} rows`);
    assert.deepEqual(
      threats.map(({ number }) => number),
      threats.map((_, i) => i + 1),
    );
  });

  it('names for each threat a test that is there, or where the defence will go', () => {
    assert.deepEqual(
      threats.flatMap((threat) => faultsOf(threat, read)),
      [],
    );
  });

  it('has its open parts in folders of the architecture', () => {
    for (const { shownBy } of threats)
      for (const entry of shownBy.split('<br>').filter((part) => part.startsWith('open:')))
        assert.ok(existsSync(join(ROOT, OPEN.exec(entry)?.[1] ?? '')), entry);
  });
});

describe('faultsOf', () => {
  const file = `it('opens nothing', () => {});\nit(\`of $\{depth} moves nothing\`, () => {});\n`;
  const read = (path: string) => (path === 'tests/a.test.ts' ? file : undefined);
  const countOf = (shownBy: string) => faultsOf({ number: 1, shownBy }, read).length;

  it('lets good rows be', () => {
    for (const good of [
      '[a](tests/a.test.ts): "opens nothing"',
      '[a](tests/a.test.ts): "opens nothing"; "of 64 moves nothing"',
      '[a](tests/a.test.ts): "of 1 moves nothing"<br>open: envelopes; will go to `firmware/protocol/envelope.ts`',
      'open: a gateway; will go to `tools/gateway`',
    ])
      assert.equal(countOf(good), 0, good);
  });

  it('finds each fault', () => {
    for (const bad of [
      '',
      '`a.test.ts`',
      'open: a gateway',
      '[a](tests/a.test.ts)',
      '[a](tests/a.test.ts): "opens something"',
      '[a](tests/a.test.ts): "of 64 moves nothing at all"',
      '[a](tests/a.test.ts): "opens nothing"<br>by design',
      '[a](tests/a.test.ts): "opens nothing", [a](tests/a.test.ts)',
    ])
      assert.equal(countOf(bad), 1, bad);
    assert.ok(countOf('[b](tests/b.test.ts): "opens nothing"') > 0);
    assert.ok(countOf('[a](docs/a.md): "opens nothing"') > 0);
  });
});
