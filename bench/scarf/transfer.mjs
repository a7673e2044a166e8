// 200 MB to the cluster and back, against OpenSSH's sftp on the same server.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { connectTo, load, median, row, timed } from './remote.mjs';

const SIZE = 200e6;
const ROUNDS = 5;
const [description, folder] = process.argv.slice(2);
const cluster = JSON.parse(await readFile(description, 'utf8'));

/** OpenSSH's own client, one batch. */
function sftp(command) {
  const options = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'BatchMode=yes'
  ].flatMap(option => ['-o', option]);
  const key = ['-i', cluster.plainKey, '-P', String(cluster.port)];
  return new Promise((resolve, reject) => {
    const child = spawn(
      'sftp',
      ['-q', ...options, ...key, '-b', '-', `${cluster.user}@${cluster.host}`],
      { stdio: ['pipe', 'ignore', 'ignore'] }
    );
    child.on('error', reject);
    child.on('close', code =>
      code === 0 ? resolve() : reject(new Error(`sftp ended with ${code}`))
    );
    child.stdin.end(command);
  });
}

const local = path.join(folder, 'much');
const file = await open(local, 'w');
for (let at = 0; at < SIZE; at += 1e6) {
  // Nothing that could be compressed, and no holes.
  await file.write(randomBytes(1e6));
}
await file.close();

const modules = await load();
const remote = await connectTo(modules, cluster);
const there = `${cluster.work}/much`;
const back = path.join(folder, 'back');
const times = { up: [], down: [], sftpUp: [], sftpDown: [], connect: [] };
try {
  for (let round = 0; round < ROUNDS; round += 1) {
    // In turns, so that a busy machine is busy for both.
    times.up.push(await timed(() => remote.files.upload(local, there)));
    times.down.push(await timed(() => remote.files.download(there, back)));
    const connect = await timed(() => sftp('pwd\n'));
    times.connect.push(connect);
    const put = await timed(() => sftp(`put "${local}" "${there}"\n`));
    times.sftpUp.push(put - connect);
    const get = await timed(() => sftp(`get "${there}" "${back}"\n`));
    times.sftpDown.push(get - connect);
  }
} finally {
  remote.end();
  await rm(back, { force: true });
}
const rate = seconds => SIZE / 1e6 / median(seconds);
for (const [name, ours, theirs] of [
  ['upload', times.up, times.sftpUp],
  ['download', times.down, times.sftpDown]
]) {
  row(`${name} of 200 MB`, rate(ours), 'MB/s');
  row(`${name}, OpenSSH's sftp`, rate(theirs), 'MB/s');
  const ratio = rate(ours) / rate(theirs);
  row(`${name} / OpenSSH's`, ratio, 'ratio', '>= 0.95', ratio >= 0.95);
}
