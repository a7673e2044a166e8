import { createHash } from 'node:crypto';

import type { Submission } from '../../../api/_generated/api';
import { approvalOf, requireApproval } from '..';

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
