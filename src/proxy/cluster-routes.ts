/** Log-in and log-out, Test, and folders of clusters. */
import type { Context, Hono } from 'hono';

import type { LoginReply, Resource } from '../api/_generated/api';
import { ROUTES } from '../api/routes';
import { bodyOf, userOf } from './callers';
import type { Clusters } from './clusters';
import { DOORS } from './requests';
import { listRemoteFolder, preflight, type IResource } from './resources';

export interface IClusterServices {
  /** Who it is when the relay names nobody. */
  readonly user: string;
  readonly resources: ReadonlyMap<string, IResource>;
  readonly clusters: Clusters;
}

export function addClusterRoutes(app: Hono, services: IClusterServices): void {
  const { clusters, resources } = services;
  const { sessions } = clusters;

  const describe = async (
    user: string,
    name: string
  ): Promise<Resource | undefined> => resources.get(name)?.describe(user);

  /** Who is online learns what is known of the cluster. */
  const told = async (
    c: Context,
    user: string,
    resource: string,
    reply: LoginReply
  ): Promise<Response> =>
    c.json(
      reply.state === 'online'
        ? { ...reply, resource: await describe(user, resource) }
        : reply
    );

  app.post(`/${ROUTES.login}`, async c => {
    const user = userOf(c, services);
    const request = DOORS.login(await bodyOf(c));
    const reply = await sessions.login(user, request);
    return told(c, user, request.resource, reply);
  });
  app.post(`/${ROUTES.answer}`, async c => {
    const user = userOf(c, services);
    const answer = DOORS.answer(await bodyOf(c));
    const { resource, reply } = await sessions.answer(user, answer);
    return told(c, user, resource, reply);
  });
  app.post(`/${ROUTES.logout}`, async c => {
    const user = userOf(c, services);
    const { resource } = DOORS.resource(await bodyOf(c));
    sessions.logout(user, resource);
    return c.json(await describe(user, resource));
  });
  app.post(`/${ROUTES.test}`, async c => {
    const user = userOf(c, services);
    const { resource } = DOORS.resource(await bodyOf(c));
    return c.json(await preflight(sessions, user, resource));
  });
  app.post(`/${ROUTES.folder}`, async c => {
    const { resource, path } = DOORS.folder(await bodyOf(c));
    const remote = sessions.demand(userOf(c, services), resource);
    const cluster = sessions.cluster(resource);
    return c.json(await listRemoteFolder(remote, cluster, path));
  });
}
