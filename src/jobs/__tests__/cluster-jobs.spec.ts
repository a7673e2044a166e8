import { nullTranslator } from '@jupyterlab/translation';
import type { Contents } from '@jupyterlab/services';

import type { Job, SubmissionPlan } from '../../api';
import { defaultRecipe, printJson } from '../../recipe';
import type { ICluster } from '../../tokens';
import { DEFAULT_CHOICE, GIB } from '../choice';
import { proposedFolder, readRows } from '../fetch-dialog';
import { limitedCluster, limitsOf } from '../limits';
import { planFacts, planSentence } from '../plan-dialog';
import { recipeOfJob } from '../recipe';
import { repeated } from '../submission';

const trans = nullTranslator.load('jupyterlab_tomo');
const SCARF: ICluster = {
  name: 'scarf',
  host: 'scarf.rl.ac.uk',
  cores: 8,
  memory: 31,
  time: 120
};
const CHOSEN = { ...DEFAULT_CHOICE, resource: 'scarf' };

function job(changes: Partial<Job> = {}): Job {
  return {
    id: '00000000-0000-4000-8000-000000000001',
    name: 'grapes',
    resource: 'scarf',
    kernel: '',
    state: 'finished',
    created: '2026-11-23T20:05:00Z',
    document: 'RB/grapes.tomo.json',
    progress: { stage: '', done: 0, total: 0 },
    slices: { done: 128, total: 128 },
    warnings: [],
    output: '/work3/results/grapes_1123',
    resumable: false,
    ...changes
  };
}

describe('limits', () => {
  it('of a cluster are its settings, with defaults for the rest', () => {
    expect(limitsOf(CHOSEN, [SCARF], [])).toEqual({
      cores: 8,
      memory: 31 * GIB,
      time: 120,
      tasks: 16
    });
    expect(limitsOf(DEFAULT_CHOICE, [SCARF], [])).toEqual({
      cores: 2,
      memory: 4 * GIB
    });
  });

  it('are written where they were read', () => {
    expect(limitedCluster(SCARF, { memory: 1.5 * GIB, tasks: 4 })).toEqual({
      ...SCARF,
      memory: 1.5,
      tasks: 4
    });
  });
});

describe('fetching', () => {
  it('proposes a folder beside the recipe, absolute', () => {
    expect(proposedFolder(job(), '/data/RB/')).toBe(
      '/data/RB/processed/grapes_1123'
    );
    expect(proposedFolder(job({ fetched: '/tmp/copy' }), '/data')).toBe(
      '/tmp/copy'
    );
  });

  it('reads slices as people write them', () => {
    expect(readRows('')).toBeNull();
    expect(readRows('10-19')).toEqual([10, 20]);
    expect(readRows(' 10 : 20 ')).toEqual([10, 20]);
    expect(readRows('7')).toEqual([7, 8]);
    expect(readRows('20-10')).toBeUndefined();
    expect(readRows('all')).toBeUndefined();
  });
});

describe('a plan', () => {
  const plan: SubmissionPlan = {
    script: '#!/bin/bash\n',
    command: 'sbatch batch.sh',
    tasks: 4,
    reason: 'One task would take 38 min.',
    upload: {
      files: 376,
      bytes: 80 * 1024 ** 2,
      from: '/data/ct',
      to: '/work3/data/ct'
    },
    data: 'upload',
    output: '/work3/results/ct',
    memory: 1.5 * GIB,
    seconds: 570,
    outputBytes: 340 * 1024 ** 2,
    freeBytes: null,
    warnings: []
  };

  it('is told in sentences', () => {
    expect(planSentence(plan, 'SCARF', trans)).toBe(
      '4 tasks on SCARF. One task would take 38 min.'
    );
    expect(planFacts(plan, trans).map(([, value]) => value)).toEqual([
      '376 files, 80 MiB, are copied from /data/ct to /work3/data/ct',
      '340 MiB into /work3/results/ct',
      'the cluster does not say',
      '1.5 GiB memory, about 9 min 30 s'
    ]);
    const seen = { ...plan, data: 'mapped' as const };
    delete seen.upload;
    expect(planFacts(seen, trans)[0][1]).toContain('nothing is copied');
  });
});

describe('the recipe of a job', () => {
  const recipe = { ...defaultRecipe(), dataset: { path: 'ct/' } };

  /** A folder of texts. */
  function folder(files: Record<string, string>): Contents.IManager {
    const contents: unknown = {
      get: (path: string) =>
        path in files
          ? Promise.resolve({ path, content: files[path] })
          : Promise.reject(new Error('not found')),
      save: (path: string, { content }: { content: string }) => {
        files[path] = content;
        return Promise.resolve({ path });
      }
    };
    return contents as Contents.IManager;
  }

  it('is the document while that says the same', async () => {
    const files = { 'RB/grapes.tomo.json': JSON.stringify(recipe) };
    expect(await recipeOfJob(job({ recipe }), folder(files), '')).toBe(
      'RB/grapes.tomo.json'
    );
    expect(Object.keys(files)).toHaveLength(1);
  });

  it('is a copy beside it when that was changed, once', async () => {
    const files: Record<string, string> = {
      'RB/grapes.tomo.json': printJson({ ...recipe, dataset: { path: 'x/' } })
    };
    const copy = 'RB/grapes 2026-11-23 2005.tomo.json';
    expect(await recipeOfJob(job({ recipe }), folder(files), '')).toBe(copy);
    expect(JSON.parse(files[copy])).toEqual(recipe);
    expect(await recipeOfJob(job({ recipe }), folder(files), '')).toBe(copy);
    expect(Object.keys(files)).toHaveLength(2);
  });

  it('is the open document, saved or not', async () => {
    const files = { 'RB/grapes.tomo.json': '{}' };
    const path = await recipeOfJob(job({ recipe }), folder(files), '', () => ({
      ...recipe
    }));
    expect(path).toBe('RB/grapes.tomo.json');
    expect(Object.keys(files)).toHaveLength(1);
  });

  it('is refused when it is none', async () => {
    await expect(recipeOfJob(job(), folder({}), '')).rejects.toThrow(
      'is not kept with the job'
    );
  });

  it('is submitted once more with another id, from the same folder', async () => {
    const api = {
      resolve: (path: string) =>
        Promise.resolve({
          resource: 'local',
          path: `/data/${path}`,
          directory: true
        })
    };
    const limits = { cores: 8, memory: GIB, time: 30 };
    const part = job({ recipe, rows: [100, 110] });
    const again = await repeated(part, limits, api, trans);
    expect(again).toMatchObject({
      name: 'grapes',
      rows: [100, 110],
      base: '/data/RB',
      resource: 'scarf',
      time: 30
    });
    expect(again.id).not.toBe(job().id);
    await expect(repeated(job(), limits, api, trans)).rejects.toThrow(
      'is not kept'
    );
  });
});
