/** What the runner expects of a submission, asked of the agent that sees its data. */
import type { Estimate, Failure, Submission } from '../api/_generated/api';
import { isOfAnotherPackage } from '../recipe/lookups';
import type { AgentPool } from './agents';
import { failureOf, ProxyError } from './failure';
import { isObject, number, text, type JsonObject } from './files';

export interface IForecast {
  /** First row and one past the last; null: not known. */
  readonly rows: readonly [number, number] | null;
  /** null: not known. */
  readonly estimate: Estimate | null;
  /** Why nothing is known: the agent could not be asked. */
  readonly trouble: Failure | null;
}

/** Milliseconds for an answer: an agent that has to start on a busy host must not hold up a submission for long. */
const PATIENCE = 20_000;
/** Status of what the agent finds wrong with data or recipe. */
const REFUSED = 422;

export type Forecaster = (
  submission: Submission,
  user: string
) => Promise<IForecast>;

/**
 * @param pythonOf where the job of a submission runs on this machine; asked for tools of other packages
 * @returns a function that asks the agent of the resource that the recipe's data set names,
 *   this machine's when it names none. It rejects with what the agent finds wrong with data or
 *   recipe; an agent that cannot be asked is told as `trouble`.
 */
export function forecaster(
  agents: AgentPool,
  pythonOf: (submission: Submission) => Promise<string | undefined>
): Forecaster {
  const ask = async (
    op: 'describe' | 'estimate',
    submission: Submission,
    user: string
  ): Promise<JsonObject> => {
    const { id, base, recipe, name, cores, memory } = submission;
    const dataset: unknown = Reflect.get(recipe, 'dataset');
    const resource = isObject(dataset) ? text(dataset, 'resource') : undefined;
    const python =
      op === 'estimate' && !resource && hasOthersTool(recipe)
        ? await pythonOf(submission)
        : undefined;
    const { header, frame } = await agents.ask(
      user,
      'data',
      {
        op,
        channel: `submission:${id}:${op}`,
        base,
        recipe,
        ...(op === 'estimate' && { name, cores, memory }),
        ...(python && { python }),
        ...(resource && { resource })
      },
      AbortSignal.timeout(PATIENCE)
    );
    await frame.cancel();
    if (!isObject(header.reply)) {
      throw new ProxyError(
        502,
        'agent-reply',
        `The agent did not answer "${op}".`,
        { where: 'agent', hint: 'Try again.' }
      );
    }
    return header.reply;
  };
  return async (submission, user) => {
    const given = submission.rows ?? regionRows(submission.recipe);
    const rows = given ? ([given[0], given[1]] as const) : null;
    try {
      const estimate = toEstimate(await ask('estimate', submission, user));
      const height = rows
        ? 0
        : (number(await ask('describe', submission, user), 'rows') ?? 0);
      return { rows: rows ?? [0, height], estimate, trouble: null };
    } catch (error) {
      const { failure, status } = failureOf(error);
      if (status === REFUSED) {
        throw error;
      }
      return { rows, estimate: null, trouble: failure };
    }
  };
}

function hasOthersTool(recipe: object): boolean {
  const reconstruction: unknown = Reflect.get(recipe, 'reconstruction');
  const tool = isObject(reconstruction) && text(reconstruction, 'tool');
  return Boolean(tool && isOfAnotherPackage(tool));
}

function texts(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter(each => typeof each === 'string')
    : [];
}

/** Rows of the region of interest; undefined: none is drawn. */
function regionRows(recipe: object): readonly [number, number] | undefined {
  const regions: unknown = Reflect.get(recipe, 'regions');
  const roi: unknown = isObject(regions) ? regions.roi : undefined;
  const edges: unknown[] = Array.isArray(roi) ? roi : [];
  const [top, bottom] = [edges[1], edges[3]];
  return typeof top === 'number' && typeof bottom === 'number' && top < bottom
    ? [top, bottom]
    : undefined;
}

function toEstimate(o: JsonObject): Estimate {
  return {
    slices: number(o, 'slices') ?? 0,
    memory: number(o, 'memory') ?? 0,
    outputBytes: number(o, 'outputBytes') ?? 0,
    freeBytes: number(o, 'freeBytes') ?? 0,
    output: text(o, 'output') ?? '',
    seconds: number(o, 'seconds') ?? null,
    basis: text(o, 'basis') ?? '',
    warnings: texts(o.warnings)
  };
}
