import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { ApiError } from '../../api';
import type { Resource, SavuPlugins } from '../../api';
import type { IRunChoice, ITomoJobs } from '../../tokens';
import { SHIPPED } from '../catalogue';
import { Catalogues, NOWHERE } from '../catalogues';

const trans = nullTranslator.load('jupyterlab_tomo');

const SAVU: SavuPlugins = {
  available: true,
  version: '4.2',
  command: '/opt/savu/bin/savu',
  gpu: false,
  plugins: [
    {
      name: 'Mine',
      id: 'savu_plugins.mine',
      kind: 'other',
      title: 'Mine',
      help: '',
      gpu: false,
      missing: [],
      parameters: []
    }
  ]
};

/** The panel's resources and choice, and a server that answers when it is told to. */
class Fakes {
  readonly changed = new Signal<ITomoJobs, void>({} as ITomoJobs);
  resources: Resource[] = [
    {
      name: 'local',
      title: 'This server',
      kind: 'local-kernel',
      state: 'online',
      kernels: []
    },
    {
      name: 'scarf',
      title: 'SCARF',
      kind: 'slurm-ssh',
      state: 'offline',
      kernels: []
    }
  ];
  choice: IRunChoice = { resource: 'local', kernel: 'k', cores: 1, memory: 1 };
  readonly asked: object[] = [];
  refresh: () => Promise<void> = () => Promise.resolve();
  answer: () => Promise<SavuPlugins> = () => Promise.resolve(SAVU);

  readonly catalogues: Catalogues = new Catalogues(
    {
      savuPlugins: asked => {
        this.asked.push(asked);
        return this.answer();
      }
    },
    this,
    trans
  );
}

const settled = (): Promise<void> => new Promise(done => setTimeout(done));

describe('whose plugins the editors show', () => {
  it('are those of the Savu on the resource of the panel, asked once there is an editor', async () => {
    const fakes = new Fakes();
    const { catalogues } = fakes;
    expect(catalogues.catalogue).toBe(SHIPPED);
    expect(fakes.asked).toEqual([]);
    catalogues.use();
    catalogues.use();
    expect(catalogues.pending).toBe(true);
    expect(catalogues.catalogue).toBe(SHIPPED);
    await settled();
    expect(fakes.asked).toEqual([{ purpose: 'savu-plugins', kernel: 'k' }]);
    expect(catalogues.pending).toBe(false);
    expect(catalogues.catalogue).toMatchObject({ installed: true, gpu: false });
    expect(catalogues.catalogue.find('savu_plugins.mine')?.name).toBe('Mine');
    // What changes among the jobs is no reason to ask again.
    fakes.changed.emit();
    expect(fakes.asked).toHaveLength(1);
    catalogues.lookAgain();
    expect(fakes.asked[1]).toMatchObject({ again: true });
  });

  it('are looked for when the editor is all that is open', async () => {
    const fakes = new Fakes();
    const { resources } = fakes;
    fakes.resources = [];
    fakes.refresh = () => {
      fakes.resources = resources;
      fakes.changed.emit();
      return Promise.resolve();
    };
    expect(fakes.catalogues.places).toEqual([]);
    fakes.catalogues.use();
    await settled();
    expect(fakes.asked).toEqual([{ purpose: 'savu-plugins', kernel: 'k' }]);
    expect(fakes.catalogues.catalogue).toMatchObject({ installed: true });
  });

  it('are the shipped ones with the reason where there is no Savu', async () => {
    const fakes = new Fakes();
    fakes.answer = () =>
      Promise.resolve({
        available: false,
        why: 'Savu is not here.',
        install: 'Install it.',
        plugins: []
      });
    fakes.catalogues.use();
    await settled();
    expect(fakes.catalogues.catalogue).toBe(SHIPPED);
    expect(fakes.catalogues.reason).toBe('Savu is not here. Install it.');
    fakes.answer = () =>
      Promise.reject(
        new ApiError({
          code: 'x',
          message: 'It hangs.',
          where: '',
          hint: 'Wait.'
        })
      );
    fakes.catalogues.lookAgain();
    await settled();
    expect(fakes.catalogues.reason).toBe('It hangs. Wait.');
    fakes.catalogues.choose(NOWHERE);
    expect(fakes.catalogues.reason).toBe('');
  });

  it('wait for the log-in to a cluster, whose card nobody knows', async () => {
    const fakes = new Fakes();
    const { catalogues } = fakes;
    fakes.choice = { ...fakes.choice, resource: 'scarf' };
    catalogues.use();
    expect(fakes.asked).toEqual([]);
    expect(catalogues.reason).toContain('Log in to SCARF');
    fakes.resources = fakes.resources.map(one => ({ ...one, state: 'online' }));
    fakes.changed.emit();
    await settled();
    expect(fakes.asked).toEqual([
      { purpose: 'savu-plugins', resource: 'scarf' }
    ]);
    expect(catalogues.catalogue).toMatchObject({ installed: true, gpu: null });
  });

  it('are of the place that was chosen last, whoever answers late', async () => {
    const fakes = new Fakes();
    const { catalogues } = fakes;
    let late: (told: SavuPlugins) => void = () => undefined;
    fakes.answer = () => new Promise(done => (late = done));
    catalogues.use();
    catalogues.choose(NOWHERE);
    late(SAVU);
    await settled();
    expect(catalogues.catalogue).toBe(SHIPPED);
    expect(catalogues.pending).toBe(false);
  });
});
