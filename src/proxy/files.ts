/**
 * JSON files that other processes write and read at the same time: replaced
 * by rename, and read without trust in what is in them.
 */
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import path from 'node:path';

import { systemCode } from './failure';

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Write a file so that a reader sees the old or the new one, never a part. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const aside = path.join(
    path.dirname(file),
    `.${path.basename(file)}.${randomUUID()}`
  );
  try {
    const handle = await fs.open(aside, 'w', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await fs.rename(aside, file);
  } catch (error) {
    await fs.rm(aside, { force: true });
    throw error;
  }
}

export function replaceJson(file: string, value: unknown): Promise<void> {
  return replaceFile(file, `${JSON.stringify(value, null, 1)}\n`);
}

/** The object in a file; null when there is no file or it holds no object. */
export async function readObject(file: string): Promise<JsonObject | null> {
  let text: string;
  try {
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) {
      return null;
    }
    throw error;
  }
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : null;
  } catch {
    // A file that another program spoiled counts as absent.
    return null;
  }
}

export async function exists(file: string): Promise<boolean> {
  try {
    await fs.access(file);
    return true;
  } catch {
    return false;
  }
}

export function text(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === 'string' ? value : undefined;
}

export function number(object: JsonObject, key: string): number | undefined {
  const value = object[key];
  return typeof value === 'number' && Number.isFinite(value)
    ? value
    : undefined;
}
