/**
 * A custom command runs only when the submission brings it along, word for
 * word: then the user has been shown it. A recipe alone, from wherever it
 * came, runs nothing.
 */
import { createHash } from 'node:crypto';

import type { Submission } from '../../api/_generated/api';
import { isObject, text } from '../files';
import { ProxyError } from '../failure';

/** Hash of the command that was approved, as the runner compares it; undefined without one. */
export function approvalOf(submission: Submission): string | undefined {
  const command = commandOf(submission.recipe);
  return command !== undefined && command === submission.approved
    ? createHash('sha256').update(command, 'utf8').digest('hex')
    : undefined;
}

/** @throws ProxyError when the recipe has a command that was not approved. */
export function requireApproval(submission: Submission): void {
  const command = commandOf(submission.recipe);
  if (command !== undefined && approvalOf(submission) === undefined) {
    throw new ProxyError(
      422,
      'command-not-approved',
      `The recipe wants to run a command that has not been approved: ${command}`,
      {
        where: 'reconstruction.parameters.command',
        hint: 'Submit it from the panel, which shows the command and asks.'
      }
    );
  }
}

function commandOf(recipe: unknown): string | undefined {
  const asked = isObject(recipe) ? recipe.reconstruction : undefined;
  if (!isObject(asked) || asked.tool !== 'command') {
    return undefined;
  }
  const { parameters } = asked;
  // Without a command there is nothing to approve; the runner says that one is missing.
  return isObject(parameters) ? text(parameters, 'command') : undefined;
}
