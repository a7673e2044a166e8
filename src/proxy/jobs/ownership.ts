/**
 * Who owns a job when several proxies share one jobs folder.
 *
 * Each proxy keeps a lease in `.proxies/`. A job belongs to the proxy named in
 * its owner file of the highest generation; taking it over means creating the
 * next generation, which only one can do.
 */
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import path from 'node:path';

import { systemCode } from '../failure';
import { number, readObject, replaceJson, text } from '../files';
import { HOST, isAlive } from '../processes';
import type { JobPaths } from '../job-folder';
import { proxiesFolder } from '../job-folder';
import { Pulse } from './pulse';

const RENEW = 2_000;
/** Seconds after which a lease that cannot be checked by its process is dead. */
const STALE = 60;
/** The same on this machine, where the process tells: against numbers used again after a restart. */
const OLD = 300;
/** Seconds that another server's proxy is given to come back. */
const GRACE = 30;

const OWNER = /^owner-(\d{6})\.json$/;

export interface IOwner {
  readonly generation: number;
  readonly proxy: string;
}

export class Ownership {
  /**
   * @param server - key of the Jupyter server: the same after a restart of the proxy.
   */
  constructor(jobs: string, server: string) {
    this._folder = proxiesFolder(jobs);
    this._server = server;
  }

  readonly id = randomUUID();

  get server(): string {
    return this._server;
  }

  async open(): Promise<void> {
    await fs.mkdir(this._folder, { recursive: true, mode: 0o700 });
    await this._renew();
    await this._sweep();
    this._timer = setInterval(() => {
      this._renew().catch(() => {
        // A lease that cannot be renewed goes stale: others see that by themselves.
      });
    }, RENEW);
    this._timer.unref();
  }

  async close(): Promise<void> {
    clearInterval(this._timer);
    await fs.rm(this._file(this.id), { force: true });
  }

  /** Make a new job ours. */
  async found(paths: JobPaths): Promise<void> {
    await this._claim(paths, 1);
  }

  /** Whether the job is ours, after taking it over when its owner is dead. */
  async owns(paths: JobPaths): Promise<boolean> {
    const owner = await this._owner(paths);
    if (owner?.proxy === this.id) {
      return true;
    }
    if (owner && (await this._lives(owner.proxy))) {
      return false;
    }
    return this._claim(paths, (owner?.generation ?? 0) + 1);
  }

  private async _owner(paths: JobPaths): Promise<IOwner | null> {
    const generations = (await fs.readdir(paths.folder))
      .map(name => Number(OWNER.exec(name)?.[1] ?? 0))
      .filter(generation => generation > 0);
    if (generations.length === 0) {
      return null;
    }
    const generation = Math.max(...generations);
    const file = await readObject(paths.owner(generation));
    return { generation, proxy: (file && text(file, 'proxy')) ?? '' };
  }

  private async _claim(paths: JobPaths, generation: number): Promise<boolean> {
    // Linked, not written in place: the name must never stand for a half-written file.
    const aside = path.join(paths.folder, `.owner.${randomUUID()}`);
    await fs.writeFile(
      aside,
      JSON.stringify({ proxy: this.id, server: this._server })
    );
    try {
      await fs.link(aside, paths.owner(generation));
      return true;
    } catch (error) {
      if (systemCode(error) === 'EEXIST') {
        // Two requests here may have claimed it at once.
        return (await this._owner(paths))?.proxy === this.id;
      }
      throw error;
    } finally {
      await fs.rm(aside, { force: true });
    }
  }

  private async _lives(proxy: string): Promise<boolean> {
    if (proxy === this.id) {
      return true;
    }
    const lease = proxy ? await readObject(this._file(proxy)) : null;
    if (!lease) {
      return false;
    }
    const age = Date.now() / 1000 - (number(lease, 'heartbeat') ?? 0);
    if (text(lease, 'host') !== HOST) {
      const pulse = this._pulses.get(proxy) ?? new Pulse();
      this._pulses.set(proxy, pulse);
      return pulse.lives(number(lease, 'heartbeat') ?? 0, STALE);
    }
    const pid = number(lease, 'pid') ?? 0;
    // A container begins to count anew: our own number was that of one before us.
    if (pid !== process.pid && isAlive(pid) && age < OLD) {
      return true;
    }
    return text(lease, 'server') !== this._server && age < GRACE;
  }

  private _renew(): Promise<void> {
    return replaceJson(this._file(this.id), {
      host: HOST,
      pid: process.pid,
      server: this._server,
      heartbeat: Date.now() / 1000
    });
  }

  /** Remove leases that nobody can hold any more. */
  private async _sweep(): Promise<void> {
    for (const name of await fs.readdir(this._folder)) {
      const proxy = path.basename(name, '.json');
      if (name.endsWith('.json') && !(await this._lives(proxy))) {
        await fs.rm(this._file(proxy), { force: true });
      }
    }
  }

  private _file(proxy: string): string {
    return path.join(this._folder, `${proxy}.json`);
  }

  private readonly _folder: string;
  private readonly _server: string;
  private readonly _pulses = new Map<string, Pulse>();
  private _timer: NodeJS.Timeout | undefined;
}
