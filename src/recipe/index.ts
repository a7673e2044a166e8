/**
 * The recipe: its types, what is wrong with one, what holds by default, and
 * edits of its text. Pure; knows nothing of JupyterLab.
 */
export * from './_generated/recipe';
export * from './defaults';
export * from './edits';
export * from './key-order';
export * from './limits';
export * from './lookups';
export * from './migration';
export * from './needs';
export * from './print';
export * from './sentences';
export * from './tilt';
export * from './validation';
