/** What a submission to this machine would do. */
import type { Submission, SubmissionPlan } from '../../api/_generated/api';
import { ProxyError } from '../failure';
import type { Forecaster } from '../forecast';
import { checkRecipe, outputFolder } from '../submission';

export async function planHere(
  submission: Submission,
  user: string,
  forecast: Forecaster
): Promise<SubmissionPlan> {
  const recipe = checkRecipe(submission.recipe, submission.rows);
  const { base, name, memory } = submission;
  const { estimate, trouble } = await forecast(submission, user);
  if (!estimate) {
    throw trouble
      ? ProxyError.from(trouble, 502)
      : new ProxyError(502, 'agent-reply', 'The agent gave no estimate.');
  }
  const short = estimate.outputBytes > estimate.freeBytes;
  return {
    script: '',
    command: 'python -m tomo_runner job FOLDER',
    tasks: 1,
    reason: 'One run in a kernel of its own.',
    data: 'here',
    output: outputFolder(recipe, base, name, null),
    memory: Math.max(memory, estimate.memory),
    seconds: estimate.seconds,
    outputBytes: estimate.outputBytes,
    freeBytes: estimate.freeBytes,
    warnings: [
      ...(short
        ? ['The slices need more space than is free where they would go.']
        : []),
      ...(estimate.warnings ?? [])
    ]
  };
}
