/** What jobs need of a resource's settings. */
import type { IClusterSettings } from '../../../settings';

export type ICluster = IClusterSettings;

/** The Python that is set for a tool. */
export function pythonOf(cluster: ICluster, tool: string): string {
  return cluster.pythons[tool] || cluster.pythons.default || 'python3';
}
