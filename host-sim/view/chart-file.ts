import type { WorldRecord } from '../swarm/world-record.js';
import { escapeXml } from './svg.js';
import { worldChart } from './world-chart.js';

/** The chart as the name of its file asks for it: a page where it ends in .html, else the SVG alone. */
export function chartFor(file: string, record: WorldRecord): string {
  const svg = worldChart(record);
  if (!file.endsWith('.html')) return svg;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<title>${escapeXml(`Latchkey, world ${record.seed}`)}</title>`,
    '<style>body{margin:0;background:#fff}svg{max-width:100%;height:auto}',
    '@media (prefers-color-scheme:dark){body{background:#10161d}}</style></head>',
    `<body>${svg}</body></html>`,
    '',
  ].join('\n');
}
