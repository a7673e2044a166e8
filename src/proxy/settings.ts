/** The plugin's settings that the proxy reads. */
import { number, type JsonObject } from './files';

export interface IProxySettings {
  /** Jobs on this machine at a time. */
  readonly localJobs: number;
}

export function readSettings(settings: JsonObject): IProxySettings {
  const localJobs = Math.trunc(number(settings, 'localJobs') ?? 1);
  return { localJobs: Math.min(64, Math.max(1, localJobs)) };
}
