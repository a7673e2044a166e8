/** Why the engine cannot do what it was asked for; told so that a user can act on it. */
export class EngineError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly where = '',
    readonly hint = ''
  ) {
    super(message);
    this.name = 'EngineError';
  }
}

const PLAN = 'Check the recipe.';

/** By the numbers that the engine returns; docs/architecture.md has them too. */
const REFUSALS: Readonly<
  Record<
    number,
    readonly [code: string, message: string, where: string, hint: string]
  >
> = {
  1: [
    'engine-version',
    'The engine is of another version than the plan.',
    '',
    'Build again.'
  ],
  2: [
    'engine-plan',
    'The plan of the sinogram is cut short.',
    '',
    'Build again.'
  ],
  3: [
    'engine-count',
    'The number of projections is not from 1 to 1000000.',
    'dataset',
    ''
  ],
  4: [
    'engine-columns',
    'The number of columns is not from 1 to 32768.',
    'regions.roi',
    ''
  ],
  5: [
    'engine-centre',
    'The centre of rotation is more than one width away from the columns.',
    'regions.centre.column',
    'Give a column of the full image that is inside it.'
  ],
  6: [
    'engine-size',
    'The size of the slice is not from 0 to 32768 pixels.',
    '',
    PLAN
  ],
  7: [
    'engine-mask',
    'The mask is not from 0 to 1.',
    'reconstruction.mask',
    PLAN
  ],
  8: [
    'engine-filter',
    'The filter is unknown.',
    'reconstruction.parameters.filter',
    PLAN
  ],
  9: [
    'engine-cutoff',
    'The cut-off is not above 0 and at most 1.',
    'reconstruction.parameters.cutoff',
    PLAN
  ],
  10: [
    'engine-edge',
    'The choice for the ends of the sinogram is unknown.',
    'reconstruction.parameters.edge',
    PLAN
  ],
  11: [
    'engine-scale',
    'The scale of the values is not finite.',
    'dataset.pixelSize',
    PLAN
  ],
  12: [
    'engine-step',
    'A sinogram step or its parameter is unknown.',
    'filters',
    PLAN
  ],
  13: [
    'engine-angles',
    'An angle is not a finite number.',
    'dataset.angles',
    'Correct the angles of the data set.'
  ],
  14: [
    'engine-memory',
    'The engine has not enough memory for a sinogram of this size.',
    'regions.roi',
    'Choose fewer columns.'
  ],
  15: [
    'engine-order',
    'The engine was not prepared for a sinogram.',
    '',
    'Report this.'
  ]
};

/** The error that a number returned by the engine stands for. */
export function refusal(number: number): EngineError {
  const known = REFUSALS[number];
  return known
    ? new EngineError(...known)
    : new EngineError(
        'engine-refused',
        `The engine refused with code ${number}.`
      );
}
