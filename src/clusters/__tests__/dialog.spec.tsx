import { nullTranslator } from '@jupyterlab/translation';

import type { LoginReply } from '../../api';
import { LoginDialog } from '../login/dialog';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: false });

const HOSTILE = '<img src=x onerror="alert(1)">';
const trans = nullTranslator.load('jupyterlab_tomo');

const ASKED: LoginReply = {
  state: 'prompts',
  login: '00000000-0000-4000-8000-0000000000aa',
  title: `title ${HOSTILE}`,
  instructions: `instructions ${HOSTILE}`,
  prompts: [{ prompt: `prompt ${HOSTILE}`, echo: false }]
};

async function until(so: () => boolean): Promise<void> {
  for (let turn = 0; turn < 3000 && !so(); turn++) {
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  expect(so()).toBe(true);
}

it('shows what a host asks as text', async () => {
  const dialog = new LoginDialog({
    clusters: {
      logIn: () => Promise.resolve(ASKED),
      answer: () => Promise.resolve(ASKED),
      logOut: () => Promise.reject(new Error('not logged in'))
    },
    trans,
    resource: 'scarf',
    title: `cluster ${HOSTILE}`,
    host: `host ${HOSTILE}`,
    known: { user: 'ann', method: 'keyboard-interactive', key: '' },
    canPin: () => false,
    pin: () => Promise.resolve()
  });
  const ended = dialog.launch();
  const { node } = dialog;
  await until(() => node.querySelector('input') !== null);
  dialog.resolve();
  await until(() => node.textContent?.includes('prompt') === true);
  for (const part of ['title', 'instructions', 'prompt', 'cluster']) {
    expect(node.textContent).toContain(`${part} ${HOSTILE}`);
  }
  expect(node.querySelector('img')).toBeNull();
  dialog.reject();
  await ended;
});
