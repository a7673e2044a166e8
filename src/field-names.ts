/**
 * What the keys of a recipe are called in the panel, and where they are edited:
 * the proxy and the runner speak of keys.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Failure } from './api';

export interface IField {
  /** Of the section that has it. */
  readonly section: string;
  /** As the panel calls it, with its section. */
  readonly name: string;
  /** Name of the row; empty: the section has it somewhere. */
  readonly row: string;
  /** Accessible name of the control to go to; empty: the first of the row or the section. */
  readonly control: string;
}

/** The field that a failure speaks of; null when it is none of the panel. */
export function fieldOf(
  where: string,
  trans: TranslationBundle
): IField | null {
  const sections: Readonly<Record<string, string>> = {
    data: trans.__('Data'),
    centre: trans.__('Centre of rotation'),
    filters: trans.__('Filters'),
    tool: trans.__('Tool'),
    output: trans.__('Output')
  };
  const found = rowsOf(trans).find(
    ({ key }) => where === key || where.startsWith(`${key}.`)
  );
  if (!found) {
    return null;
  }
  const { key, section, row = '', control = '' } = found;
  // Within a field, keys stay keys; people count from 1.
  const rest = where
    .slice(key.length + 1)
    .split('.')
    .map(part => (/^\d+$/.test(part) ? String(Number(part) + 1) : part));
  const name = [sections[section], row, ...rest].filter(Boolean).join(' › ');
  return { section, row, control, name };
}

/** A failure's sentence in the words of the panel. */
export function sentenceOf(failure: Failure, trans: TranslationBundle): string {
  const { message, where } = failure;
  const field = where ? fieldOf(where, trans) : null;
  return inWords(
    field ? message.replaceAll(where, field.name) : message,
    trans
  );
}

/** A failure as one paragraph, in the words of the panel: what, then what to do. */
export function failureSentence(
  failure: Failure,
  trans: TranslationBundle
): string {
  return `${sentenceOf(failure, trans)} ${inWords(failure.hint, trans)}`.trim();
}

/** Keys of a recipe in a text, and nothing that is a part of a path or of a longer word. */
const KEYS =
  /(?<![\w./\\-])(?:dataset|regions|reconstruction|output|filters)(?:\.\w+)+(?![\w/\\-])/g;

/** A text of the proxy or the runner with the panel's names for the keys of a recipe. */
export function inWords(text: string, trans: TranslationBundle): string {
  return text.replace(KEYS, key => {
    const known = rowsOf(trans).some(
      row =>
        row.key.includes('.') &&
        (key === row.key || key.startsWith(`${row.key}.`))
    );
    // A file may be called output.tif; filters are counted.
    const filter = /^filters\.\d+(\.|$)/.test(key);
    return known || filter ? (fieldOf(key, trans)?.name ?? key) : key;
  });
}

/** A row of the panel: the key that it edits, and what it is called. */
interface IRow {
  readonly key: string;
  readonly section: string;
  readonly row?: string;
  readonly control?: string;
}

/** The more exact key stands first; a test finds the fields of the schema that are in no row. */
function rowsOf(trans: TranslationBundle): readonly IRow[] {
  return [
    {
      key: 'dataset.path',
      section: 'data',
      row: trans.__('Path'),
      control: trans.__('Path of the data set')
    },
    {
      key: 'dataset.resource',
      section: 'data',
      row: trans.__('Where'),
      control: trans.__('Machine that sees the data')
    },
    {
      key: 'dataset.state',
      section: 'data',
      row: trans.__('Input'),
      control: trans.__('State of the input')
    },
    {
      key: 'dataset.rotate',
      section: 'data',
      row: trans.__('Input'),
      control: trans.__('Rotate projections clockwise')
    },
    { key: 'dataset.flip', section: 'data', row: trans.__('Input') },
    {
      key: 'dataset.pixelSize',
      section: 'data',
      row: trans.__('Pixel'),
      control: trans.__('Pixel size')
    },
    {
      key: 'dataset.exclude',
      section: 'data',
      row: trans.__('Leave out'),
      control: trans.__('Excluded projections')
    },
    { key: 'dataset.angles', section: 'data', row: trans.__('Angles') },
    { key: 'dataset.roles', section: 'data', row: trans.__('Groups of files') },
    { key: 'dataset.flats', section: 'data', row: trans.__('Flats') },
    { key: 'dataset.darks', section: 'data', row: trans.__('Darks') },
    { key: 'dataset', section: 'data' },
    {
      key: 'regions.centre.method',
      section: 'centre',
      row: trans.__('Method'),
      control: trans.__('How the centre of rotation is found')
    },
    {
      key: 'regions.centre.row',
      section: 'centre',
      row: trans.__('Tilt')
    },
    {
      key: 'regions.centre.tilt',
      section: 'centre',
      row: trans.__('Tilt'),
      control: trans.__('Tilt of the axis in degrees')
    },
    {
      key: 'regions.centre.column',
      section: 'centre',
      row: trans.__('Column')
    },
    { key: 'regions.centre', section: 'centre' },
    { key: 'regions.roi', section: 'centre', row: trans.__('Region') },
    { key: 'regions.air', section: 'centre', row: trans.__('Air') },
    { key: 'filters', section: 'filters' },
    {
      key: 'reconstruction.method',
      section: 'tool',
      row: trans.__('Method'),
      control: trans.__('Method')
    },
    { key: 'reconstruction.parameters', section: 'tool' },
    {
      key: 'reconstruction.mask',
      section: 'tool',
      row: trans.__('Circular mask')
    },
    {
      key: 'reconstruction.angles',
      section: 'tool',
      row: trans.__('Angles used'),
      control: trans.__('Least angle that is used, in degrees; empty: no limit')
    },
    {
      key: 'reconstruction.rotation',
      section: 'tool',
      row: trans.__('Turn slices'),
      control: trans.__('Degrees by which slices are turned clockwise')
    },
    { key: 'reconstruction.tool', section: 'tool', control: trans.__('Tool') },
    { key: 'reconstruction', section: 'tool', control: trans.__('Tool') },
    {
      key: 'output.folder',
      section: 'output',
      row: trans.__('Folder'),
      control: trans.__('Output folder')
    },
    { key: 'output.format', section: 'output', row: trans.__('Format') },
    { key: 'output.bits', section: 'output', row: trans.__('Format') },
    { key: 'output', section: 'output' }
  ];
}
