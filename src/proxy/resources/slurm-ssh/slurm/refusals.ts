/** What the cluster's shell and scheduler say when they refuse, as one sentence and what to do. */
import { ProxyError } from '../../../failure';
import type { IShellReply } from '../remote';

/** Exit codes of our scripts. */
const NO_FOLDER = 73;
const NOT_WRITTEN = 74;

const SAID: readonly (readonly [RegExp, string, string, string, string])[] = [
  [
    /Invalid account/i,
    'slurm-account',
    'The cluster does not know the account, or it may not use this partition.',
    'account',
    'Correct the account or the partition in Setup.'
  ],
  [
    /Invalid qos/i,
    'slurm-qos',
    'The cluster does not know the QoS, or you may not use it.',
    'qos',
    'Correct the QoS in Setup.'
  ],
  [
    /invalid partition/i,
    'slurm-partition',
    'The cluster has no such partition.',
    'partition',
    'Correct the partition in Setup.'
  ],
  [
    /Invalid feature|node configuration is not available|can ?not be satisfied|Invalid generic resource/i,
    'slurm-nodes',
    'No node of the partition can run the job as it is asked for.',
    'cores',
    'Ask for fewer cores, less memory or fewer GPUs, or correct the constraint in Setup.'
  ],
  [
    /time limit/i,
    'slurm-time',
    'The time limit is longer than the partition allows.',
    'time',
    'Ask for less time, or choose another partition in Setup.'
  ],
  [
    /MaxSubmitJob|MaxJobCount|too many jobs|Job violates accounting/i,
    'slurm-limit',
    'A limit of the cluster on jobs or resources of a user is reached.',
    'tasks',
    'Wait until other jobs have ended, or ask for fewer tasks.'
  ],
  [
    /array index|Invalid job array/i,
    'slurm-array',
    'The array has more tasks than the cluster allows.',
    'tasks',
    'Ask for fewer tasks.'
  ],
  [
    /Unable to contact slurm controller|connect failure|Socket timed out|Connection refused/i,
    'slurm-down',
    'The scheduler of the cluster does not answer.',
    'slurm',
    'Press Resume when the cluster works again; see its status page.'
  ],
  [
    /(sbatch|squeue): (command )?not found|not found.*sbatch/i,
    'no-slurm',
    'The host has no Slurm commands.',
    'host',
    'Correct the host in Setup: it must be a log-in host of a Slurm cluster.'
  ],
  [
    /No space left on device|Disk quota exceeded/i,
    'disk-full',
    'The work folder on the cluster is full.',
    'work',
    'Free some space there, or choose another work folder in Setup.'
  ],
  [
    /Permission denied|Read-only file system/i,
    'work-unwritable',
    'The work folder on the cluster cannot be written.',
    'work',
    'Choose another work folder in Setup.'
  ]
];

/** Why a script on the cluster did not do what it was for. */
export function refusal(reply: IShellReply): ProxyError {
  const said = reply.stderr.trim();
  const known = SAID.find(([pattern]) => pattern.test(said));
  if (known) {
    const [, code, message, where, hint] = known;
    return new ProxyError(422, code, message, { where, hint, cause: said });
  }
  const words = said.split('\n').filter(Boolean).slice(0, 3).join(' ');
  if (reply.code === NO_FOLDER || reply.code === NOT_WRITTEN) {
    return new ProxyError(
      422,
      'work-folder',
      `The folder of the job on the cluster cannot be used${words ? `: ${words}` : '.'}`,
      {
        where: 'work',
        hint: 'See that the work folder is there and can be written: press Test in Setup.'
      }
    );
  }
  return new ProxyError(
    422,
    'slurm-refused',
    `The cluster refused${words ? `: ${words}` : `, with code ${reply.code}.`}`,
    {
      where: 'slurm',
      hint: 'Correct the resource in Setup and press Test there.'
    }
  );
}
