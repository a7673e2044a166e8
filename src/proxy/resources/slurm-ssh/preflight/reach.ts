/** Name, port and host key: what can be looked at before anybody logs in. */
import type { IClusterSettings } from '../../../settings';
import type { ISight } from '../ssh';
import type { Report } from './report';

export function judgeReach(
  report: Report,
  cluster: IClusterSettings,
  sight: ISight,
  online: boolean
): void {
  const of = cluster.jump ? `The jump host ${cluster.jump}` : cluster.host;
  const { failure, addresses, connected, fingerprint, known } = sight;
  const hint = failure?.failure.hint ?? '';
  const why = failure?.failure.message ?? '';
  if (addresses.length === 0) {
    report.fail('name', 'Host name', why, hint);
  } else {
    report.ok('name', 'Host name', `${of} is ${addresses.join(', ')}.`);
  }
  if (connected !== null) {
    const wait = Math.max(1, Math.round(connected));
    report.ok('port', 'Port', `It answers after ${wait} ms.`);
  } else if (addresses.length === 0) {
    report.skip('port', 'Port', 'The name leads nowhere.', '');
  } else {
    report.fail('port', 'Port', why, hint);
  }
  if (connected === null) {
    report.skip('host-key', 'Host key', 'There is no connection.', '');
  } else if (failure) {
    report.fail('host-key', 'Host key', why, hint);
  } else if (known || online) {
    report.ok('host-key', 'Host key', `${fingerprint} is known.`);
  } else {
    report.warn(
      'host-key',
      'Host key',
      `${fingerprint} is not known so far.`,
      'Compare it with what the site says of its host; it is asked for at the first log-in.'
    );
  }
}
