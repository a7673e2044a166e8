/** What is checked of every submission, wherever it goes. */
import type { Submission } from '../../api/_generated/api';
import type { Recipe } from '../../recipe/_generated/recipe';
import { isRecipe, problemsOf } from '../../recipe/validation';
import { ProxyError } from '../failure';

/** @throws ProxyError that names what is wrong in it. */
export function checkRecipe(value: unknown, rows: Submission['rows']): Recipe {
  const [problem] = problemsOf(value);
  if (problem || !isRecipe(value)) {
    throw new ProxyError(
      422,
      'recipe-invalid',
      problem?.message ?? 'The recipe is not valid.',
      {
        where: problem?.path,
        hint: 'Correct it in the recipe.'
      }
    );
  }
  if (!value.dataset?.path) {
    throw new ProxyError(422, 'no-data-set', 'The recipe names no data set.', {
      where: 'dataset.path',
      hint: 'Open a data set in the panel first.'
    });
  }
  if (rows && rows[0] >= rows[1]) {
    throw new ProxyError(
      422,
      'no-rows',
      `The rows ${rows.join(' to ')} are none.`,
      {
        where: 'rows',
        hint: 'Give the first row and one past the last.'
      }
    );
  }
  return value;
}
