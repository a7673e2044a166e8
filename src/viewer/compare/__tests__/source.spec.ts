import { labelsOf } from '../source';

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
