// npm run bench [-- NAME [PART ...] ...]: run bench/*, and write and show a table; fails when a bar is missed.
import { spawn } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { root } from './build/root.mjs';
import { main, prepare } from './environment.mjs';
import { environment, python } from './process.mjs';

const folder = path.join(root, 'bench');
const expected = [
  'machine.py',
  'engine.mjs',
  'engine.py',
  'phase.py',
  'tilt.py',
  'pair.mjs',
  'paint.mjs',
  'drag.mjs',
  'runner.py',
  'centre.py',
  'tools.py',
  'savu.py',
  'relay.py',
  'jobs.py',
  'scarf.py'
];

/** A row as a bench prints it, or null for any other line. */
function parseRow(line) {
  try {
    const row = JSON.parse(line);
    return typeof row?.name === 'string' && 'value' in row ? row : null;
  } catch {
    return null;
  }
}

/** Benches of which single parts can be run; they check the names of their parts. */
const divided = new Set(['drag.mjs', 'scarf.py']);

/**
 * What is to be run: names of benches, each followed by those of its parts.
 *
 * @returns {[string, string[]][]}
 */
function wantedOf(asked, all) {
  const wanted = [];
  const named = name =>
    all.filter(file => file === name || path.parse(file).name === name);
  for (const name of asked) {
    const files = named(name);
    const last = wanted.at(-1);
    if (files.length) {
      wanted.push(...files.map(file => [file, []]));
    } else if (last && divided.has(last[0])) {
      last[1].push(name);
    } else {
      throw new Error(
        last
          ? `bench/${last[0]} has no parts, and there is no bench ${name}; there are ${all.join(', ')}.`
          : `There is no bench ${name}; there are ${all.join(', ')}.`
      );
    }
  }
  return wanted;
}

function runBench(file, parts) {
  const program = file.endsWith('.py') ? python : process.execPath;
  return new Promise((resolve, reject) => {
    const child = spawn(program, [path.join(folder, file), ...parts], {
      cwd: root,
      env: environment(),
      stdio: ['ignore', 'pipe', 'inherit']
    });
    const rows = [];
    readline.createInterface({ input: child.stdout }).on('line', line => {
      const row = parseRow(line);
      if (row) {
        rows.push(row);
      }
      process.stdout.write(`${line}\n`);
    });
    child.on('error', reject);
    child.on('close', code => resolve({ code, rows }));
  });
}

const number = value =>
  typeof value === 'number'
    ? String(Number(value.toPrecision(4)))
    : String(value ?? '');

function table(rows) {
  const cells = rows.map(({ bench, name, value, unit, bar, ok }) => [
    bench,
    name,
    number(value),
    unit ?? '',
    number(bar),
    ok === undefined || ok === null ? '' : ok ? 'yes' : 'NO'
  ]);
  const head = ['bench', 'measured', 'value', 'unit', 'bar', 'within'];
  const widths = head.map((title, i) =>
    Math.max(title.length, ...cells.map(row => row[i].length))
  );
  const line = row =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  return [
    line(head),
    `| ${widths.map(width => '-'.repeat(width)).join(' | ')} |`,
    ...cells.map(line)
  ].join('\n');
}

await main(async () => {
  await prepare();
  const asked = process.argv.slice(2);
  const there = (await readdir(folder)).filter(file =>
    /\.(mjs|py)$/.test(file)
  );
  const all = [...new Set([...expected, ...there])];
  const wanted = asked.length
    ? wantedOf(asked, all)
    : all.map(file => [file, []]);

  const rows = [];
  const notes = [];
  let failed = 0;
  for (const [file, parts] of wanted) {
    if (!there.includes(file)) {
      notes.push(`bench/${file} is absent.`);
      continue;
    }
    process.stdout.write(`\n=== ${[file, ...parts].join(' ')}\n`);
    const result = await runBench(file, parts);
    rows.push(...result.rows.map(row => ({ bench: file, ...row })));
    if (result.code !== 0) {
      failed += 1;
      notes.push(`bench/${file} ended with ${result.code}.`);
    }
  }

  const missed = rows.filter(({ ok }) => ok === false);
  for (const { bench, name, value, unit, bar } of missed) {
    notes.push(
      `missed: ${bench}: ${name}: ${number(value)} ${unit ?? ''} (bar ${number(bar)})`
    );
  }
  const now = new Date();
  const machine = `${os.cpus()[0]?.model ?? 'unknown processor'}, ${os.availableParallelism()} cores, Node ${process.versions.node}`;
  const text = [
    `# ${now.toISOString().slice(0, 10)}`,
    '',
    machine,
    '',
    table(rows),
    '',
    ...notes,
    ''
  ].join('\n');
  const results = path.join(folder, 'results');
  await mkdir(results, { recursive: true });
  const file = path.join(
    results,
    `${now.toISOString().slice(0, 16).replace(':', '')}.md`
  );
  await writeFile(file, text);
  process.stdout.write(`\n${text}\nwritten to ${path.relative(root, file)}\n`);
  return failed || missed.length ? 1 : 0;
});
