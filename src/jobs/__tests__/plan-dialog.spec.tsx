import { nullTranslator } from '@jupyterlab/translation';

import type { SubmissionPlan } from '../../api';
import { ApiError } from '../../api';
import { planFacts, showPlan } from '../plan-dialog';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: false });

const trans = nullTranslator.load('jupyterlab_tomo');
const HOSTILE = '<img src=x onerror="alert(1)">';

const PLAN: SubmissionPlan = {
  script: `#!/bin/bash\necho '${HOSTILE}'\n`,
  command: `sbatch --job-name='${HOSTILE}' batch.sh`,
  tasks: 2,
  reason: `One task would take about 38 minutes: an array of 2 tasks.`,
  data: 'upload',
  upload: {
    files: 1,
    bytes: 1024,
    from: `/data/${HOSTILE}`,
    to: '/work3/ann/tomo/data/x'
  },
  output: `/work3/${HOSTILE}`,
  memory: 1024 ** 2,
  seconds: 60,
  outputBytes: 2048,
  freeBytes: 4096,
  warnings: [`The scheduler says ${HOSTILE}`]
};

async function until<T>(look: () => T | null | undefined | false): Promise<T> {
  for (let turn = 0; turn < 3000; turn++) {
    const found = look();
    if (found) {
      return found;
    }
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  throw new Error(`It never came: ${document.body.textContent ?? ''}`);
}

const dialog = (): Element | null => document.querySelector('.jp-TomoPlan');

async function answer(word: string): Promise<void> {
  const found = await until(() =>
    [...document.querySelectorAll<HTMLElement>('.jp-Dialog button')].find(
      each => each.textContent === word
    )
  );
  found.click();
}

describe('a plan', () => {
  it('shows everything before, and none of it as HTML', async () => {
    const wish = showPlan(PLAN, HOSTILE, trans, () => Promise.resolve(PLAN));
    const body = await until(dialog);
    const text = body.textContent ?? '';
    for (const part of [
      `2 tasks on ${HOSTILE}`,
      PLAN.reason,
      `/data/${HOSTILE}`,
      PLAN.output,
      PLAN.command,
      PLAN.script,
      'Free there',
      '1.0 MiB memory, about 1 min',
      PLAN.warnings[0]
    ]) {
      expect(text).toContain(part);
    }
    expect(body.querySelector('img')).toBeNull();
    await answer('Close');
    expect(await wish).toBeNull();
  });

  it('says what stands for the time that its folder does not have yet', () => {
    const result = (output: string): string | undefined =>
      planFacts({ ...PLAN, output }, trans).find(
        ([label]) => label === 'Result'
      )?.[1];
    expect(result('/out/a_{date}')).toBe(
      '2.0 KiB into /out/a_{date}, where {date} is the time at which the run starts'
    );
    expect(result('/out/a')).toBe('2.0 KiB into /out/a');
  });

  it('compares by content when that is asked for, and submits so', async () => {
    const asked: boolean[] = [];
    let made: Promise<SubmissionPlan> = Promise.resolve({
      ...PLAN,
      upload: { files: 7, bytes: 7168, from: '/data/a', to: '/work3/a' }
    });
    const wish = showPlan(PLAN, 'SCARF', trans, checksum => {
      asked.push(checksum);
      return made;
    });
    const box = await until(() =>
      dialog()?.querySelector<HTMLInputElement>('input[type="checkbox"]')
    );
    box.click();
    await until(() => dialog()?.textContent?.includes('7 files, 7.0 KiB'));
    // What cannot be compared is told, and the plan stays.
    made = Promise.reject(
      new ApiError({
        code: 'connection-lost',
        message: 'The connection was cut.',
        where: 'scarf',
        hint: 'Log in again.'
      })
    );
    box.click();
    const wrong = await until(() => dialog()?.querySelector('[role="alert"]'));
    expect(wrong.textContent).toContain('The connection was cut.');
    made = Promise.resolve(PLAN);
    box.click();
    await until(() => dialog()?.querySelector('[role="alert"]') === null);
    await answer('Submit');
    expect(await wish).toEqual({ checksum: true });
    expect(asked).toEqual([true, false, true]);
  });

  it('offers that for copies alone', async () => {
    const wish = showPlan(
      { ...PLAN, data: 'mapped', upload: undefined },
      'SCARF',
      trans,
      () => Promise.resolve(PLAN)
    );
    const body = await until(dialog);
    expect(body.querySelector('input')).toBeNull();
    await answer('Submit');
    expect(await wish).toEqual({ checksum: false });
  });
});
