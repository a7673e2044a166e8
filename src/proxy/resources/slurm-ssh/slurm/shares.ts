/** Whether one task does all, or an array over slabs. */
import type { Recipe } from '../../../../recipe/_generated/recipe';
import { methodOf } from '../../../../recipe/lookups';

/** Seconds that one task may take before it is shared. */
const LONG = 600;
/** Rows of a task on GPUs. */
const GPU_ROWS = 128;

export interface IShares {
  /** Rows of each task; undefined: one task does all. */
  readonly tasks: readonly (readonly [number, number])[] | undefined;
  /** Why, as a sentence. */
  readonly reason: string;
}

/**
 * @param rows - first row and one past the last; null: not known.
 * @param about.seconds - that one task would take; null: not known.
 * @param about.most - tasks.
 * @param about.asked - tasks that the user wants.
 */
export function shares(
  rows: readonly [number, number] | null,
  about: {
    readonly seconds: number | null;
    readonly gpu: boolean;
    readonly most: number;
    readonly asked?: number;
    /** The method cannot be divided. */
    readonly whole?: boolean;
  }
): IShares {
  const { seconds, gpu, most, asked, whole } = about;
  if (whole) {
    return cut([0, 0], 1, 'The method does all rows together');
  }
  if (!rows) {
    return cut([0, 0], 1, 'Nothing is known of its rows');
  }
  const count = Math.max(0, rows[1] - rows[0]);
  const limited = (wanted: number): number =>
    Math.max(1, Math.min(wanted, most, count));
  if (asked !== undefined) {
    return cut(rows, Math.min(asked, Math.max(1, count)), 'As asked for');
  }
  if (gpu) {
    return cut(
      rows,
      limited(Math.ceil(count / GPU_ROWS)),
      `The tool uses GPUs, and a task does about ${GPU_ROWS} slices`
    );
  }
  if (seconds === null) {
    return cut(rows, 1, 'How long it takes is not known yet');
  }
  const minutes = Math.ceil(seconds / 60);
  return seconds > LONG
    ? cut(
        rows,
        limited(Math.ceil(seconds / LONG)),
        `One task would take about ${minutes} minutes`
      )
    : cut(rows, 1, 'It takes less than ten minutes');
}

/** Whether the recipe's method is a program that must have all rows, as a process list of Savu. */
export function isWhole({ reconstruction }: Recipe): boolean {
  return (
    reconstruction?.tool === 'savu' && reconstruction.method === 'process-list'
  );
}

/** A program of many processes that talk by MPI. */
export interface IMpi {
  readonly nodes: number;
  /** On each node. */
  readonly processes: number;
}

/** The processes that a recipe's process list asks for; undefined: it is one. */
export function mpiOf(recipe: Recipe): IMpi | undefined {
  const nodes = Math.max(1, numberOf(recipe, 'nodes'));
  const processes = Math.max(1, numberOf(recipe, 'processes'));
  return isWhole(recipe) && nodes * processes > 1
    ? { nodes, processes }
    : undefined;
}

/** A whole number among the parameters of the method; 0 when it is not there. */
function numberOf({ reconstruction }: Recipe, name: string): number {
  const parameters: Readonly<Record<string, unknown>> = {
    ...reconstruction?.parameters
  };
  const value = parameters[name];
  return typeof value === 'number' ? Math.floor(value) : 0;
}

/** Whether the recipe's method computes on GPUs. */
export function usesGpu(recipe: Recipe): boolean {
  const { tool = 'builtin', method = '' } = recipe.reconstruction ?? {};
  return (
    methodOf(tool, method)?.gpu === true ||
    (isWhole(recipe) && numberOf(recipe, 'gpus') > 0)
  );
}

function cut(
  [first, last]: readonly [number, number],
  count: number,
  why: string
): IShares {
  if (count <= 1) {
    return { tasks: undefined, reason: `${why}.` };
  }
  const rows = last - first;
  const tasks = Array.from({ length: count }, (_, index) => {
    const from = first + Math.floor((rows * index) / count);
    return [from, first + Math.floor((rows * (index + 1)) / count)] as const;
  });
  return { tasks, reason: `${why}: an array of ${count} tasks.` };
}
