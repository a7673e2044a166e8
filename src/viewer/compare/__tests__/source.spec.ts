import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import type { IImage } from '../../pixels/image';
import { Standing } from '../../standing';
import { labelsOf, othersChanged, othersThan, register } from '../source';
import type { IComparable } from '../source';

const tab = (
  label: string,
  caption = ''
): { label: string; caption: string } => ({ label, caption });

it('tells tabs that are called alike by their folders, or by numbers', () => {
  expect(
    labelsOf([
      tab('scan (result)', '/data/processed/tiff/'),
      tab('scan.tomo.json', 'data/scan.tomo.json'),
      tab('scan (result)', '/data/processed/hdf5'),
      tab('other (result)', '/data/other')
    ])
  ).toEqual([
    'scan (result) · tiff',
    'scan.tomo.json',
    'scan (result) · hdf5',
    'other (result)'
  ]);
  expect(
    labelsOf([tab('scan', '/a/out'), tab('scan', '/b/out'), tab('x'), tab('x')])
  ).toEqual(['scan · out', 'scan · out (2)', 'x', 'x (2)']);
});

it('lists another viewer that computes, and says how it stands', () => {
  const standing = new Standing();
  const viewer = (shows: boolean): IComparable =>
    Object.assign(new Widget(), {
      image: shows
        ? { data: new Float32Array(1), rows: 1, columns: 1, about: {} }
        : null,
      subject: {
        kind: 'slice',
        row: 0,
        frame: null,
        unit: '',
        pixel: null,
        middle: ''
      } as const,
      shown: new Signal<unknown, IImage>({}),
      standing
    });
  const told: IComparable[] = [];
  const tell = (_: object, viewer: IComparable): void => void told.push(viewer);
  othersChanged.connect(tell);
  const [one, other, empty] = [true, true, false].map(viewer);
  for (const each of [one, other, empty]) {
    register(each);
  }
  standing.outdate(true);
  const listed = othersThan(one);
  expect(listed.map(({ id }) => id)).toEqual([`viewer ${other.id}`]);
  expect(listed[0].standing?.isCurrent).toBe(false);
  other.dispose();
  expect(told).toEqual([other]);
  expect(othersThan(one)).toEqual([]);
  for (const each of [one, empty]) {
    each.dispose();
  }
  othersChanged.disconnect(tell);
  standing.dispose();
});
