/** The colours of one background. */
interface Palette {
  readonly paper: string;
  readonly band: string;
  readonly grid: string;
  readonly ink: string;
  readonly faint: string;
  readonly fills: Readonly<Record<string, string>>;
}

const LIGHT: Palette = Object.freeze({
  paper: '#ffffff',
  band: '#f4f6f8',
  grid: '#dfe4e9',
  ink: '#1b2530',
  faint: '#66727f',
  fills: Object.freeze({
    locked: '#33619d',
    unlocked: '#eab044',
    between: '#8d99a6',
    unknown: '#d5dade',
    open: '#27a08f',
    closed: '#cfd8df',
    on: '#86b98a',
    off: '#4a2f33',
    partition: '#f0c9a0',
    sink: '#e7dcf0',
    ok: '#9ebbd9',
    failed: '#d97a1f',
    obeyed: '#23844c',
    refused: '#d97a1f',
    unanswered: '#ffffff',
    report: '#33619d',
    beat: '#aebccb',
    fault: '#7b5aa6',
    mined: '#33619d',
    reorganised: '#d97a1f',
    violation: '#d11a2a',
    calm: '#e6f2e8',
  }),
});

const DARK: Palette = Object.freeze({
  paper: '#10161d',
  band: '#18202a',
  grid: '#2b3642',
  ink: '#e4eaf0',
  faint: '#93a1b0',
  fills: Object.freeze({
    locked: '#5b93d6',
    unlocked: '#eab044',
    between: '#7d8a98',
    unknown: '#3a4653',
    open: '#35bba7',
    closed: '#42505e',
    on: '#4f8a56',
    off: '#e8a0a6',
    partition: '#5e4020',
    sink: '#453656',
    ok: '#4a719c',
    failed: '#ef9440',
    obeyed: '#46b877',
    refused: '#ef9440',
    unanswered: '#10161d',
    report: '#6ba3e6',
    beat: '#4c5d70',
    fault: '#a98bd6',
    mined: '#6ba3e6',
    reorganised: '#ef9440',
    violation: '#ff5a67',
    calm: '#1a2c21',
  }),
});

/** The style sheet of a chart, for light and for dark pages. */
export function chartStyle(): string {
  return [
    '<style>',
    'text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}',
    '.head{font-size:17px;font-weight:600}.lane{font-weight:600}.small{font-size:11px}',
    '.mark{stroke-width:1.2}',
    rules(LIGHT),
    `@media (prefers-color-scheme:dark){${rules(DARK)}}`,
    '</style>',
  ].join('\n');
}

function rules({ paper, band, grid, ink, faint, fills }: Palette): string {
  const own = Object.entries(fills).map(([name, fill]) => `.${name}{fill:${fill}}`);
  return [
    `.paper{fill:${paper}}.band{fill:${band}}.grid{stroke:${grid}}`,
    `text{fill:${ink}}.faint{fill:${faint}}`,
    ...own,
    `text.violation{fill:${fills['violation']}}.alarm{stroke:${fills['violation']}}`,
    `.unanswered{stroke:${faint}}`,
  ].join('');
}
