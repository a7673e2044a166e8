// One poll with 1,000 tasks in the queue, against the bare squeue and sacct on the same connection.
import { readFile } from 'node:fs/promises';
import { connectTo, load, median, row, timed } from './remote.mjs';

const ROUNDS = 9;
const [description, ...ended] = process.argv.slice(2);
const cluster = JSON.parse(await readFile(description, 'utf8'));
const modules = await load();
const remote = await connectTo(modules, cluster);

/** Ended jobs, whose folders are there. */
const jobs = ended.map(text => {
  const [id, folder, output] = text.split(':');
  return {
    folder,
    output,
    id,
    finish: '',
    tasks: 1,
    arrayed: false,
    known: new Map()
  };
});
const bare = [
  'squeue -h -r -t all -u "$(id -un)" -o \'%i|%T|%r|%M|%N|%j\'',
  `sacct -n -P -D -j ${jobs.map(job => job.id).join(',')} -o JobID,State,ExitCode,Elapsed,MaxRSS,NodeList`
].join('\n');

const ours = [];
const theirs = [];
let rows = 0;
try {
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(
      await timed(async () => {
        const script = modules.pollScript(jobs, true);
        const reply = await remote.run(script.text);
        const parsed = modules.parsePoll(reply.stdout, script.mark, jobs);
        rows = parsed.queue?.length ?? 0;
      })
    );
    theirs.push(await timed(() => remote.run(bare)));
  }
} finally {
  remote.end();
}
const script = modules.pollScript(jobs, true).text;
const many = modules.pollScript([...jobs, ...jobs, ...jobs], true).text;
const commands = text =>
  text.match(/\b(squeue|sacct|scontrol|sinfo) -/g).length;
row('jobs in the queue', rows, 'tasks', '>= 1000', rows >= 1000);
row('bare squeue and sacct', median(theirs) * 1000, 'ms');
row('one poll', median(ours) * 1000, 'ms');
const ratio = median(ours) / median(theirs);
row('one poll / bare squeue and sacct', ratio, 'ratio', '<= 1.5', ratio <= 1.5);
row(
  'Slurm commands in a poll',
  commands(script),
  'commands',
  'the same for three times the jobs',
  commands(script) === commands(many)
);
