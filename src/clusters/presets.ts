/**
 * What a new cluster begins with: facts of facilities, which the user can change.
 */
import type { IClusterPreset } from '../tokens';
import presets from './presets.json';

export const PRESETS: readonly IClusterPreset[] = presets;
