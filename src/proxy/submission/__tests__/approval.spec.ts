import { createHash } from 'node:crypto';

import type { Submission } from '../../../api/_generated/api';
import { approvalOf, checkRecipe, requireApproval } from '..';

const COMMAND = 'python recon.py {input} {output}';

function submission(
  command: unknown,
  approved?: string,
  tool = 'command'
): Submission {
  return {
    id: '7e3f1d8c-51d8-4a51-9f7f-0a5f1d0c2b3a',
    name: 'x',
    base: '/data',
    recipe: {
      version: 1,
      reconstruction: { tool, method: 'run', parameters: { command } }
    },
    resource: 'local',
    kernel: '',
    cores: 1,
    memory: 1 << 30,
    ...(approved === undefined ? {} : { approved })
  };
}

describe('the approval of a command', () => {
  it('is the hash of what was sent word for word', () => {
    const hash = createHash('sha256').update(COMMAND).digest('hex');
    expect(approvalOf(submission(COMMAND, COMMAND))).toBe(hash);
    expect(() => requireApproval(submission(COMMAND, COMMAND))).not.toThrow();
  });

  it.each([
    ['nothing was approved', submission(COMMAND)],
    ['another command was approved', submission(COMMAND, `${COMMAND} `)]
  ])('is refused when %s', (_, asked) => {
    expect(approvalOf(asked)).toBeUndefined();
    expect(() => requireApproval(asked)).toThrow(
      /command that has not been approved/
    );
  });

  it('is nothing where the recipe has no command', () => {
    for (const none of [undefined, { toString: COMMAND }]) {
      expect(approvalOf(submission(none, COMMAND))).toBeUndefined();
    }
  });

  it('is not needed by other tools', () => {
    expect(() =>
      requireApproval(submission(COMMAND, undefined, 'astra'))
    ).not.toThrow();
  });
});

describe('a recipe from a stranger', () => {
  const good = { version: 1, dataset: { path: '/data/Tomo' } };

  it('is taken as it is', () => {
    expect(checkRecipe(good, undefined)).toEqual(good);
  });

  // What a shell runs is in the settings of the user alone.
  it.each([
    [{ prelude: ['rm -rf ~'] }],
    [{ pythons: { default: 'sh -c id' } }],
    [{ host: 'evil.example' }],
    [{ dataset: { ...good.dataset, prelude: ['id'] } }],
    [{ output: { prelude: ['id'] } }],
    [{ reconstruction: { prelude: ['id'] } }],
    [{ filters: [{ name: 'normalise', prelude: 'id' }] }]
  ])('brings no lines for a shell along: %j', more => {
    expect(() => checkRecipe({ ...good, ...more }, undefined)).toThrow();
  });
});
