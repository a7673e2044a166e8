import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import type { Resource } from '../../api';
import type { ITomoJobs } from '../../tokens';
import { ClusterStatus } from '../status';

const trans = nullTranslator.load('jupyterlab_tomo');

function cluster(name: string, state: Resource['state']): Resource {
  return { name, title: name, kind: 'slurm-ssh', state, kernels: [] };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise(resolve => setTimeout(resolve, 0));
  }
}

it('the status bar tells of the chosen cluster, else of one that is reached', async () => {
  const owner = {};
  const changed = new Signal<object, void>(owner);
  const seen = {
    resources: [cluster('one', 'offline'), cluster('two', 'connecting')],
    choice: { resource: 'local', kernel: '' },
    changed
  };
  const partial: unknown = seen;
  const pressed: string[] = [];
  const status = new ClusterStatus(partial as ITomoJobs, trans, resource =>
    pressed.push(resource.name)
  );
  const button = (): HTMLButtonElement | null =>
    status.node.querySelector('button');
  const tell = async (changes: Partial<typeof seen>): Promise<void> => {
    Object.assign(seen, changes);
    changed.emit();
    await settle();
  };
  Widget.attach(status, document.body);
  await settle();
  expect(button()?.textContent).toBe('two connecting');
  expect(button()?.querySelector('span')?.dataset.state).toBe('connecting');
  await tell({
    resources: [cluster('one', 'offline'), cluster('two', 'online')]
  });
  expect(button()?.textContent).toBe('two online');
  await tell({ choice: { resource: 'one', kernel: '' } });
  expect(button()?.textContent).toBe('one offline');
  button()?.click();
  expect(pressed).toEqual(['one']);
  await tell({ resources: [], choice: { resource: 'local', kernel: '' } });
  expect(button()).toBeNull();
  status.dispose();
});
