/**
 * Sentences and numbers that sum a recipe and its data set up. Pure but for words.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Centre, Description, Estimate } from '../api';
import { formatBytes, formatNumber, formatSeconds } from '../quantities';
import type { IEffectiveFilter, Recipe } from '../recipe';
import { stepOf } from '../recipe';

/** Slices of the region of interest, or of the whole image. */
export function sliceCount(recipe: Recipe, description: Description): number {
  const roi = recipe.regions?.roi;
  return roi
    ? Math.max(0, Math.min(description.rows, roi[3]) - roi[1])
    : description.rows;
}

/** "376 × 128 × 835 · uint16": projections, rows, columns. */
export function sizeText(description: Description): string {
  const { frames, rows, columns, dtype } = description;
  return `${frames} × ${rows} × ${columns} · ${dtype}`;
}

/** "0 to 360°, both ends". */
export function rangeText(
  first: number,
  last: number,
  endpoint: boolean | undefined,
  trans: TranslationBundle
): string {
  const range = trans.__('%1 to %2°', formatNumber(first), formatNumber(last));
  if (endpoint === undefined) {
    return range;
  }
  return endpoint
    ? trans.__('%1, both ends', range)
    : trans.__('%1, without the last', range);
}

/** Angles and where they come from, as `[what, source]`. */
export function anglesText(
  recipe: Recipe,
  description: Description,
  trans: TranslationBundle
): [string, string] {
  const { first, last, count, source } = description.angles;
  const stated = recipe.dataset?.angles;
  if (source === 'unknown' || first === null || last === null) {
    return [
      trans.__('unknown'),
      trans.__('neither the files nor the recipe tell')
    ];
  }
  if (source === 'recipe') {
    return stated?.values
      ? [
          trans.__(
            '%1 values, %2 to %3°',
            count,
            formatNumber(first),
            formatNumber(last)
          ),
          trans.__('stated')
        ]
      : [
          rangeText(
            stated?.first ?? first,
            stated?.last ?? last,
            stated?.endpoint ?? true,
            trans
          ),
          trans.__('stated')
        ];
  }
  return [
    rangeText(first, last, undefined, trans),
    source === 'file'
      ? trans.__('from the file')
      : trans.__('from the file names')
  ];
}

/** Evenly spaced angles that the runner proposes and the recipe lacks. */
export function proposedAngles(
  description: Description
): { first: number; last: number; endpoint: boolean } | null {
  const dataset = field(description.proposed, 'dataset');
  const angles = field(dataset, 'angles');
  const first = field(angles, 'first');
  const last = field(angles, 'last');
  if (typeof first !== 'number' || typeof last !== 'number') {
    return null;
  }
  return { first, last, endpoint: field(angles, 'endpoint') !== false };
}

/** The air region that the runner proposes, or null. */
export function proposedAir(
  description: Description
): [number, number, number, number] | null {
  const regions = field(description.proposed, 'regions');
  const air = field(regions, 'air');
  if (
    !Array.isArray(air) ||
    air.length !== 4 ||
    !air.every(side => Number.isInteger(side))
  ) {
    return null;
  }
  const [left, top, right, bottom] = air.map(Number);
  return [left, top, right, bottom];
}

/** How far the rows differ; less than can be told is not "0". */
export function spreadText(centre: Centre, trans: TranslationBundle): string {
  const { spread } = centre.confidence;
  return spread < 0.005
    ? trans.__('spread below 0.01 px')
    : trans.__('spread %1 px', formatNumber(spread, 2));
}

/** "agree, ± 0.1 px" with the level it stands for. */
export function confidenceText(
  centre: Centre,
  trans: TranslationBundle
): string {
  // Nobody measures an axis to less than a hundredth of a pixel.
  const least = Math.max(centre.confidence.spread, 0.01);
  const spread = formatNumber(least, least < 0.095 ? 2 : 1);
  return centre.confidence.level === 'good'
    ? trans.__('agree, ± %1 px', spread)
    : trans.__('uncertain, ± %1 px', spread);
}

/** One line on what a step does with its parameters. */
export function stepText(
  step: IEffectiveFilter,
  recipe: Recipe,
  trans: TranslationBundle
): string {
  const { parameters: values } = step;
  switch (step.name) {
    case 'outliers':
      return trans.__(
        '%1 %2 σ · %3 × %3',
        String(values['kind']),
        String(values['threshold']),
        String(values['size'])
      );
    case 'normalise':
      return trans.__('%1 of references', String(values['average']));
    case 'air':
      return recipe.regions?.air
        ? `[${recipe.regions.air.join(', ')}]`
        : trans.__('no region: skipped');
    case 'phase':
      return trans.__(
        '%1 keV · %2 mm · δ/β %3',
        String(values['energy']),
        String(values['distance']),
        String(values['ratio'])
      );
    case 'minus-log':
      return trans.__('floor %1', String(values['floor']));
    default:
      return Object.entries(values)
        .map(
          ([key, value]) =>
            `${(stepOf(step.name)?.schema[key]?.title ?? key).toLowerCase()} ${String(value)}`
        )
        .join(' · ');
  }
}

/** Whether a step makes sense for what the pixels are. */
export function stepApplies(name: string, recipe: Recipe): boolean {
  return stepOf(name)?.states.includes(recipe.dataset?.state ?? 'raw') ?? true;
}

/** "1.4 GiB memory, about 3 s"; the time is this server's, and says so when the run goes elsewhere. */
export function estimateText(
  estimate: Estimate,
  trans: TranslationBundle,
  elsewhere = false
): string {
  const memory = trans.__('%1 memory', formatBytes(estimate.memory));
  if (estimate.seconds === null) {
    return trans.__('%1, time not yet known', memory);
  }
  const time = formatSeconds(estimate.seconds);
  return elsewhere
    ? trans.__('%1, %2 if it ran on this server', memory, time)
    : trans.__('%1, about %2 once its kernel runs', memory, time);
}

/** "340 MiB, 51 GiB free"; the flag says that it does not fit. */
export function spaceText(
  estimate: Estimate,
  trans: TranslationBundle
): { text: string; full: boolean } {
  return {
    text: trans.__(
      '%1, %2 free',
      formatBytes(estimate.outputBytes),
      formatBytes(estimate.freeBytes)
    ),
    full: estimate.outputBytes > estimate.freeBytes
  };
}

/** An absolute path as seen from a folder, when it lies there. */
export function relativePath(path: string, folder: string | null): string {
  const start = folder ? `${folder.replace(/\/+$/, '')}/` : '';
  return start && path.startsWith(start) ? path.slice(start.length) : path;
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? Reflect.get(value, key)
    : undefined;
}

/** What the projections of a row take; null when it is not known yet. */
export function rowCostText(
  seconds: number | null,
  trans: TranslationBundle
): string | null {
  if (seconds === null) {
    return null;
  }
  return seconds < 0.1 ? trans.__('< 0.1 s') : formatSeconds(seconds);
}
