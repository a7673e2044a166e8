/**
 * What a new cluster begins with: facts of facilities, which the user can change.
 */
import type { IClusterPreset } from '../tokens';
import presets from './presets.json';

export const PRESETS: readonly IClusterPreset[] = presets;

/** A name that no cluster has yet: scarf, scarf-2, scarf-3, ... */
export function freeName(wanted: string, taken: readonly string[]): string {
  let name = wanted;
  for (let count = 2; taken.includes(name); count += 1) {
    name = `${wanted}-${count}`;
  }
  return name;
}
