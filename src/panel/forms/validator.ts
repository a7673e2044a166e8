/**
 * The form library asks for a validator. The recipe's own validation has the
 * say (see `changeProblems`), so this one finds nothing.
 */
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type { ValidatorType } from '@rjsf/utils';

export const trustingValidator: ValidatorType<ReadonlyJSONObject> = {
  validateFormData: () => ({ errors: [], errorSchema: {} }),
  toErrorList: () => [],
  isValid: () => true,
  rawValidation: () => ({})
};
