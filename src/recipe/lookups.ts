/**
 * Steps and tools by name: what forms, defaults and sentences are made of.
 */
import stepsFile from './steps.json';
import toolsFile from './tools.json';

/** JSON Schema (draft-07) of one parameter of a step or a method. */
export interface IParameterSchema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly (string | number | boolean)[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly default?: unknown;
  /** Shown behind the title, as 1/pixel. */
  readonly unit?: string;
  /** Advanced ones are shown when they are asked for. */
  readonly level?: string;
  /** Values of other parameters with which this one counts; it always counts without. */
  readonly when?: Readonly<Record<string, readonly unknown[]>>;
}

/** A pre-processing step. */
export interface IStep {
  readonly name: string;
  readonly title: string;
  readonly help: string;
  /** What the step sees. */
  readonly domain: 'projection' | 'sinogram';
  /** States of the data set for which it makes sense. */
  readonly states: readonly string[];
  /** Whether the default recipe has it. */
  readonly default: boolean;
  readonly schema: Readonly<Record<string, IParameterSchema>>;
}

/** A method of a tool. */
export interface IMethod {
  readonly name: string;
  readonly title: string;
  readonly help: string;
  readonly schema: Readonly<Record<string, IParameterSchema>>;
  /** Advanced ones are shown when they are asked for. */
  readonly level?: string;
  /** It needs a graphics card. */
  readonly gpu?: boolean;
}

/** A tool that reconstructs slices. */
export interface ITool {
  readonly name: string;
  readonly title: string;
  readonly help: string;
  readonly methods: readonly IMethod[];
}

const DOMAINS = { projection: 'projection', sinogram: 'sinogram' } as const;

/** All steps, in the order in which they run. */
export const STEPS: readonly IStep[] = stepsFile.steps.map(step => ({
  ...step,
  domain: step.domain === 'sinogram' ? DOMAINS.sinogram : DOMAINS.projection,
  schema: parameters(step.schema)
}));

/** The tools that are known before any Python runs. */
export const TOOLS: readonly ITool[] = toolsFile.tools.map(tool => ({
  ...tool,
  methods: tool.methods.map(method => ({
    ...method,
    schema: parameters(method.schema)
  }))
}));

/** The step of a name, or undefined. */
export function stepOf(name: string): IStep | undefined {
  return STEPS.find(step => step.name === name);
}

/** Parameters of steps on sinograms that are widths of a median, in columns. */
const WIDTHS = ['size', 'large', 'small'];

/**
 * The widest median that makes sense for a parameter in so many columns: odd,
 * as all of them are; null for one that is no width of a median.
 */
export function widestMedian(
  step: Pick<IStep, 'domain' | 'schema'>,
  name: string,
  columns: number
): number | null {
  const { type, minimum = 1, maximum = Infinity } = step.schema[name] ?? {};
  if (
    step.domain !== 'sinogram' ||
    type !== 'integer' ||
    !WIDTHS.includes(name)
  ) {
    return null;
  }
  const widest = Math.max(minimum, Math.min(maximum, Math.floor(columns)));
  return widest % 2 ? widest : widest - 1;
}

/** Where a step runs among all, -1 when it is unknown. */
export function stepOrder(name: string): number {
  return STEPS.findIndex(step => step.name === name);
}

/** The tool of a name, or undefined. */
export function toolOf(name: string): ITool | undefined {
  return TOOLS.find(tool => tool.name === name);
}

/** Whether a tool is another package's: known only where that is installed. */
export function isOfAnotherPackage(tool: string): boolean {
  return tool.includes('-') && toolOf(tool) === undefined;
}

/** The method of a tool, or undefined. */
export function methodOf(tool: string, method: string): IMethod | undefined {
  return toolOf(tool)?.methods.find(candidate => candidate.name === method);
}

function parameters(
  schema: Readonly<Record<string, IParameterSchema | undefined>>
): Record<string, IParameterSchema> {
  const known: Record<string, IParameterSchema> = {};
  for (const [name, parameter] of Object.entries(schema)) {
    // Steps differ in their keys, which the type of the JSON file shows as undefined ones.
    if (parameter) {
      known[name] = parameter;
    }
  }
  return known;
}
