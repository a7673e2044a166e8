/**
 * The proxy: a child of the Jupyter server. It reads one line from stdin,
 * listens on a UNIX socket, says that it is ready, and ends when its input
 * does, when it is told to, or when nobody needs it.
 */
import { Console } from 'node:console';
import * as fs from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import readline from 'node:readline';

import { getRequestListener } from '@hono/node-server';

import { AgentPool, spawnAgent, type IAgentCommand } from './agents';
import { Clusters, settingsOf } from './clusters';
import { messageOf } from './failure';
import type { JsonObject } from './files';
import { forecaster } from './forecast';
import { Activity } from './idle';
import { Jobs, Ownership } from './jobs';
import { JobStore } from './jobs/store';
import { Notices } from './notices';
import {
  ExtensionKernels,
  LocalKernelResource,
  serverKey,
  ServicesKernels,
  type IResource
} from './resources';
import { SavuLists } from './savu';
import { makeServer } from './server';
import { readSettings } from './settings';
import { parseStart, type IStart } from './start';

// Standard output belongs to the ready line; libraries print there.
globalThis.console = new Console(process.stderr, process.stderr);

/** Milliseconds after which the process ends whatever is still open. */
const LAST = 1_500;

/** @returns what takes settings that have changed. */
async function run(start: IStart): Promise<(settings: JsonObject) => void> {
  const settings = readSettings(start.settings);
  const kernels = start.server
    ? new ServicesKernels(start.server)
    : new ExtensionKernels(start.kernels ?? '');
  const server = serverKey();
  const local = new LocalKernelResource(kernels, { jobs: start.jobs, server });
  const resources = new Map<string, IResource>([[local.name, local]]);
  const notices = new Notices();
  const agent: IAgentCommand = {
    program: start.python,
    args: ['-m', 'tomo_runner', 'agent'],
    env: {
      ...process.env,
      PYTHONPATH: [start.runtime, process.env.PYTHONPATH]
        .filter(Boolean)
        .join(path.delimiter)
    }
  };
  const agents = new AgentPool((user, resource) =>
    resource
      ? clusters.startAgent(user, resource)
      : Promise.resolve(spawnAgent(agent))
  );
  const forecast = forecaster(agents, ({ resource, kernel }) =>
    resource === local.name ? local.python(kernel) : Promise.resolve(undefined)
  );
  const clusters = new Clusters({
    jobs: start.jobs,
    runtime: start.runtime,
    notices,
    forecast,
    resources
  });
  clusters.configure(start.settings);
  const jobs = new Jobs({
    store: new JobStore(start.jobs),
    ownership: new Ownership(start.jobs, server),
    notices,
    resources,
    runtime: start.runtime,
    limit: settings.localJobs,
    forecast
  });
  clusters.jobs = jobs;

  const savu = new SavuLists({
    worker: new URL('./savu.mjs', import.meta.url)
  });

  const http = createServer();
  let ending = false;
  const end = (code: number): void => {
    if (ending) {
      return;
    }
    ending = true;
    setTimeout(() => process.exit(code), LAST).unref();
    activity.dispose();
    notices.dispose();
    agents.dispose();
    savu.dispose();
    jobs
      .dispose()
      .catch(error => process.stderr.write(`${messageOf(error)}\n`))
      .finally(() => {
        for (const resource of resources.values()) {
          resource.dispose();
        }
        clusters.dispose();
        http.closeAllConnections();
        http.close(() => process.exit(code));
      });
  };
  const activity = new Activity(
    start.idle,
    () => jobs.busy || clusters.sessions.busy,
    () => end(0)
  );
  process.on('SIGTERM', () => end(0));
  process.on('SIGINT', () => end(0));
  process.stdin.on('end', () => end(0));

  await jobs.open();
  void local.open();
  const app = makeServer({
    version: start.version,
    runtime: path.basename(start.runtime),
    user: start.user,
    resources,
    jobs,
    clusters,
    agents,
    savu,
    notices,
    activity
  });
  const listener = getRequestListener(app.fetch, { hostname: 'localhost' });
  http.on('request', (request, response) => void listener(request, response));
  await listen(http, start.socket);
  process.stdout.write('{"ready": true}\n');
  return changed => clusters.configure(changed);
}

/** Listen on a socket that only this user can open. */
async function listen(http: Server, socket: string): Promise<void> {
  await fs.rm(socket, { force: true });
  const before = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      http.once('error', reject);
      http.listen(socket, resolve);
    });
  } finally {
    process.umask(before);
  }
}

const lines = readline.createInterface({ input: process.stdin });
lines.once('line', first => {
  let configure: ((settings: JsonObject) => void) | null = null;
  let waiting: JsonObject | null = null;
  lines.on('line', line => {
    const settings = settingsOf(line);
    if (settings && configure) {
      configure(settings);
    } else {
      waiting = settings ?? waiting;
    }
  });
  Promise.resolve()
    .then(() => run(parseStart(first)))
    .then(ready => {
      configure = ready;
      if (waiting) {
        configure(waiting);
      }
    })
    .catch(error => {
      process.stderr.write(`The proxy cannot start: ${messageOf(error)}\n`);
      process.exit(1);
    });
});
