/** Why a job waits, where waiting will not help. */
import type { SlurmTask } from './mirror';

/** Reasons that somebody must do something about; all others pass by themselves. */
const STUCK: readonly (readonly [RegExp, string])[] = [
  [
    /^DependencyNeverSatisfied/,
    'The job that it depends on has failed, so Slurm will never start it: cancel it and submit again.'
  ],
  [
    /^JobHeldAdmin/,
    'An administrator of the cluster holds the job: ask them to release it.'
  ],
  [
    /^JobHeldUser/,
    'The job is held: release it with scontrol release, or cancel it.'
  ],
  [
    /^PartitionTimeLimit/,
    'The time limit is longer than the partition allows: cancel the job, lower the time limit and submit again.'
  ],
  [
    /^(PartitionNodeLimit|BadConstraints|ReqNodeNotAvail.*Constraint)/,
    'No node of the partition can run the job as it is asked for: cancel it, lower cores or memory or change the constraint, and submit again.'
  ],
  [
    /^(PartitionDown|PartitionInactive)/,
    'The partition is switched off at present: wait, or choose another partition.'
  ],
  [
    /^(AssocGrp|AssocMax|QOSMax|QOSGrp|MaxMemPer|MaxCpuPer)/,
    'A limit of the account or of the QoS holds the job back: it starts when other jobs have ended, or never when it alone is above the limit.'
  ],
  [
    /^(InvalidAccount|InvalidQOS|AccountNotAllowed|QOSNotAllowed)/,
    'The account or the QoS may not be used here: correct it in Setup, cancel the job and submit again.'
  ],
  [
    /^(launch failed requeued held|JobHoldMaxRequeue)/i,
    'Slurm could not start the job on a node several times and holds it: cancel it, press Test in Setup, and submit again.'
  ]
];

/** One sentence about tasks that wait for something that does not come by itself; null: all is well. */
export function waitingWarning(tasks: readonly SlurmTask[]): string | null {
  for (const { reason } of tasks) {
    const known = STUCK.find(([pattern]) => pattern.test(reason));
    if (known) {
      return known[1];
    }
  }
  return null;
}
