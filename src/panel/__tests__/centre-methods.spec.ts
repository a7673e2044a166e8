import { nullTranslator } from '@jupyterlab/translation';

import type { Description, Tool } from '../../api';
import { centreMethods, methodChoices } from '../sections/centre-evidence';

const trans = nullTranslator.load('jupyterlab_tomo');

const DESCRIPTION = {
  centreMethods: [
    { name: 'pairs', title: 'Opposite projections', help: 'Registers.' },
    { name: 'mass', title: 'Mass', help: 'Fits.', why: 'A wedge is missing.' },
    { name: 'tomopy-vo', title: 'TomoPy: Vo', help: 'Vo.', tool: 'tomopy' }
  ]
} as unknown as Description;

const TOMOPY = {
  name: 'tomopy',
  available: false,
  why: 'TomoPy is not installed in this Python.',
  install: 'conda install -c conda-forge tomopy.'
} as unknown as Tool;

const ready = (tool: Tool): { state: 'ready'; value: Tool[] } => ({
  state: 'ready',
  value: [tool]
});

it('bars the methods of a tool that is not there, and says what to install', () => {
  const methods = centreMethods(DESCRIPTION, ready(TOMOPY));
  expect(methods.map(({ why }) => why)).toEqual([
    undefined,
    'A wedge is missing.',
    'TomoPy is not installed in this Python. conda install -c conda-forge tomopy.'
  ]);
  const choices = methodChoices(methods, 'pairs', trans);
  expect(choices.map(({ disabled }) => disabled)).toEqual([false, true, true]);
  expect(choices[2].title).toContain('conda install');
});

it('offers them where the tool is there, and while nothing is known', () => {
  for (const tools of [
    ready({ ...TOMOPY, available: true }),
    { state: 'pending' } as const
  ]) {
    const [, , method] = methodChoices(
      centreMethods(DESCRIPTION, tools),
      'pairs',
      trans
    );
    expect(method).toMatchObject({ disabled: false, title: 'Vo.' });
  }
});
