/**
 * What a result says about itself, as a line.
 */
import type { ResultDescription } from '../../api';
import { short } from '../format';

/** Facts of a result: size, pixel, tool, centre; what it does not say is left out. */
export function factsOf(result: ResultDescription): string[] {
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
  const tool = [record.tool, record.method].filter(
    (one): one is string => typeof one === 'string'
  );
  if (tool.length) {
    facts.push(tool.join(' '));
  }
  const column = centreColumn(record.centre);
  if (column !== null) {
    facts.push(`centre ${short(column, 6)}`);
  }
  return facts;
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
