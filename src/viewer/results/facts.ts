/**
 * What a result says about itself, as a line.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ResultDescription } from '../../api';
import { methodOf, toolOf } from '../../recipe';
import { short } from '../format';

/** Facts of a result: size, pixel, tool, centre; what it does not say is left out. */
export function factsOf(
  result: ResultDescription,
  trans: TranslationBundle
): string[] {
  const facts: string[] = [];
  const [first, past] = result.rows;
  if (result.width && result.height) {
    facts.push(`${result.width} × ${result.height} × ${past - first}`);
  }
  if (result.unit) {
    facts.push(result.unit);
  }
  const pixel = fields(result.pixelSize);
  if (typeof pixel.value === 'number' && typeof pixel.unit === 'string') {
    facts.push(`${short(pixel.value)} ${pixel.unit.replace('um', 'µm')}`);
  }
  const record = fields(result.record);
  if (typeof record.tool === 'string') {
    facts.push(toolText(record.tool, record.method));
  }
  const column = centreColumn(record.centre);
  if (column !== null) {
    facts.push(trans.__('centre %1', short(column, 6)));
  }
  return facts;
}

/** Tool and method by the names that the panel shows. */
function toolText(tool: string, method: unknown): string {
  const name = toolOf(tool)?.title ?? tool;
  return typeof method === 'string'
    ? `${name}, ${methodOf(tool, method)?.title ?? method}`
    : name;
}

function centreColumn(centre: unknown): number | null {
  const { used } = fields(centre);
  if (typeof used === 'number') {
    return used;
  }
  const { column } = fields(used);
  return typeof column === 'number' ? column : null;
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
