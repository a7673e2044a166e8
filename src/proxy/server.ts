/** The routes of the api, as src/api/routes.ts names them. */
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';

import type { Failure, Hello, Resource } from '../api/_generated/api';
import { PROTOCOL, ROUTES } from '../api/routes';
import {
  wholeFrame,
  type AgentKind,
  type AgentPool,
  type IAnswer
} from './agents';
import { failureOf, ProxyError } from './failure';
import { bodyOf, userOf } from './callers';
import { addClusterRoutes } from './cluster-routes';
import type { Clusters } from './clusters';
import type { Activity } from './idle';
import type { Jobs } from './jobs';
import { isJobId } from './job-folder';
import type { Notices } from './notices';
import { DOORS, type Door } from './requests';
import type { IResource } from './resources';
import type { SavuLists } from './savu';

/** Bytes of a request: a recipe with 100,000 angles is under 3 MB. */
const MAX_BODY = 8 << 20;

export interface IServices {
  readonly version: string;
  /** Content hash of the runtime folder. */
  readonly runtime: string;
  /** Who it is when the relay names nobody. */
  readonly user: string;
  readonly resources: ReadonlyMap<string, IResource>;
  readonly jobs: Jobs;
  readonly clusters: Clusters;
  readonly agents: AgentPool;
  readonly savu: SavuLists;
  readonly notices: Notices;
  readonly activity: Activity;
}

export function makeServer(services: IServices): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    const leave = services.activity.enter();
    try {
      await next();
    } finally {
      leave();
    }
    c.header('Cache-Control', 'no-store');
    c.header('X-Content-Type-Options', 'nosniff');
  });
  app.use(
    bodyLimit({
      maxSize: MAX_BODY,
      onError: () =>
        tell({
          status: 413,
          failure: {
            code: 'too-large',
            message: 'The request is larger than 8 MiB.',
            where: '',
            hint: 'Shorten the list of angles or excluded projections.'
          }
        })
    })
  );
  app.onError(error => tell(failureOf(error)));
  app.notFound(c =>
    tell({
      status: 404,
      failure: {
        code: 'no-route',
        message: 'There is no such route.',
        where: c.req.path,
        hint: 'Reload this page.'
      }
    })
  );
  addStateRoutes(app, services);
  addAgentRoutes(app, services);
  addClusterRoutes(app, services);
  addJobRoutes(app, services);
  addSavuRoutes(app, services);
  return app;
}

function addStateRoutes(app: Hono, services: IServices): void {
  const { resources, notices, activity } = services;
  const describe = async (user: string): Promise<Resource[]> => [
    ...(await Promise.all(
      [...resources.values()].map(resource => resource.describe(user))
    )),
    ...services.clusters.spoilt
  ];

  app.get(`/${ROUTES.hello}`, async c => {
    const hello: Hello = {
      version: services.version,
      protocol: PROTOCOL,
      runtime: services.runtime,
      resources: await describe(userOf(c, services))
    };
    return c.json(hello);
  });
  app.get(`/${ROUTES.events}`, c => {
    const leave = activity.enter();
    return new Response(notices.subscribe(userOf(c, services), leave), {
      headers: {
        'Content-Type': 'text/event-stream',
        'X-Accel-Buffering': 'no'
      }
    });
  });
  app.get(`/${ROUTES.resources}`, async c =>
    c.json(await describe(userOf(c, services)))
  );
  app.post(`/${ROUTES.resources}`, async c => {
    const user = userOf(c, services);
    const probed = await Promise.all(
      [...resources.values()].map(resource => resource.probe(user))
    );
    for (const resource of probed) {
      notices.emit('resource', resource.name);
    }
    return c.json(probed);
  });
}

function addAgentRoutes(app: Hono, services: IServices): void {
  const ask = async (
    c: Context,
    kind: AgentKind,
    op: string,
    door: Door<object & { channel: string; resource?: string; kernel?: string }>
  ): Promise<IAnswer & { remote: boolean }> => {
    const { resource = '', kernel, ...request } = door(await bodyOf(c));
    const there = services.resources.get(resource || 'local');
    const remote = resource !== '' && there?.kind !== 'local-kernel';
    // A browser names a kernel, never a program.
    const python =
      kernel !== undefined && there?.kind === 'local-kernel'
        ? await there.python(kernel)
        : undefined;
    const answer = await services.agents.ask(
      userOf(c, services),
      kind,
      { ...request, python, op, resource: remote ? resource : '' },
      c.req.raw.signal
    );
    return { ...answer, remote };
  };
  const json = (
    kind: AgentKind,
    op:
      | 'describe'
      | 'centre'
      | 'estimate'
      | 'export'
      | 'tools'
      | 'result'
      | 'savuPlugins'
  ): void => {
    app.post(`/${ROUTES[op]}`, async c => {
      const { header, frame } = await ask(c, kind, op, DOORS[op]);
      await frame.cancel();
      if (typeof header.reply !== 'object' || header.reply === null) {
        throw new ProxyError(
          502,
          'agent-reply',
          `The agent did not answer "${op}".`,
          {
            where: 'agent',
            hint: 'Try again.'
          }
        );
      }
      return c.json(header.reply);
    });
  };
  const frames = (
    kind: AgentKind,
    op: 'projection' | 'preview' | 'slice'
  ): void => {
    app.post(`/${ROUTES[op]}`, async c => {
      const answer = await ask(c, kind, op, DOORS[op]);
      const type = { 'Content-Type': 'application/octet-stream' };
      if (!answer.remote) {
        return new Response(answer.frame, { headers: type });
      }
      // A connection that is cut in the middle is told in words, not by half an image.
      const { body, transfer } = await wholeFrame(answer);
      const timing =
        transfer === null
          ? null
          : { 'Server-Timing': `link;dur=${transfer.toFixed(1)}` };
      return new Response(body, { headers: { ...type, ...timing } });
    });
  };
  json('data', 'describe');
  json('data', 'centre');
  json('data', 'estimate');
  json('data', 'export');
  json('data', 'tools');
  json('data', 'savuPlugins');
  frames('data', 'projection');
  frames('data', 'preview');
  json('results', 'result');
  frames('results', 'slice');
}

function addJobRoutes(app: Hono, services: IServices): void {
  const { jobs } = services;
  app.get(`/${ROUTES.jobs}`, async c =>
    c.json(await jobs.list(userOf(c, services)))
  );
  app.post(`/${ROUTES.jobs}`, async c => {
    const submission = DOORS.submission(await bodyOf(c));
    return c.json(await jobs.submit(submission, userOf(c, services)));
  });
  app.post(`/${ROUTES.plan}`, async c => {
    const submission = DOORS.submission(await bodyOf(c));
    return c.json(await jobs.plan(submission, userOf(c, services)));
  });
  app.post(`/${ROUTES.queue}`, async c => {
    const { resource } = DOORS.resource(await bodyOf(c));
    return c.json(await jobs.queue(resource, userOf(c, services)));
  });
  app.post(`/${ROUTES.queueCancel}`, async c => {
    const { resource, ids } = DOORS.queueCancel(await bodyOf(c));
    return c.json(await jobs.cancelQueued(resource, userOf(c, services), ids));
  });
  app.post(`/${ROUTES.jobs}/:id/fetch`, async c => {
    const request = DOORS.fetch(await bodyOf(c));
    return c.json(await jobs.fetch(idOf(c), userOf(c, services), request));
  });
  app.delete(`/${ROUTES.jobs}/:id/fetch`, async c =>
    c.json(await jobs.stopFetch(idOf(c), userOf(c, services)))
  );
  app.get(`/${ROUTES.jobs}/:id`, async c =>
    c.json(await jobs.get(idOf(c), userOf(c, services)))
  );
  app.delete(`/${ROUTES.jobs}/:id`, async c => {
    await jobs.forget(idOf(c), userOf(c, services));
    return c.body(null, 204);
  });
  app.post(`/${ROUTES.jobs}/:id/cancel`, async c =>
    c.json(await jobs.cancel(idOf(c), userOf(c, services)))
  );
  app.post(`/${ROUTES.jobs}/:id/resume`, async c =>
    c.json(await jobs.resume(idOf(c), userOf(c, services)))
  );
  app.get(`/${ROUTES.jobs}/:id/log`, async c => {
    const offset = Number(c.req.query('offset') ?? 0);
    if (!Number.isSafeInteger(offset) || offset < 0) {
      throw new ProxyError(
        400,
        'bad-request',
        'offset must be a whole number of at least 0.',
        {
          where: 'offset'
        }
      );
    }
    return c.json(await jobs.log(idOf(c), userOf(c, services), offset));
  });
}

function addSavuRoutes(app: Hono, { savu }: IServices): void {
  app.post(`/${ROUTES.savuRead}`, async c => {
    const { content } = DOORS.savuRead(await bodyOf(c));
    return c.json(await savu.read(content));
  });
  app.post(`/${ROUTES.savuWrite}`, async c => {
    const { list } = DOORS.savuWrite(await bodyOf(c));
    return c.json(await savu.write(list));
  });
}

function tell(told: { failure: Failure; status: number }): Response {
  return Response.json(told.failure, { status: told.status });
}

function idOf(c: Context): string {
  const id = c.req.param('id') ?? '';
  if (!isJobId(id)) {
    throw new ProxyError(
      400,
      'bad-request',
      'The id of the job has not the form of one.',
      {
        where: 'id'
      }
    );
  }
  return id;
}
