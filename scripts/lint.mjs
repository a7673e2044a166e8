// npm run lint [-- --fix]
import { main, prepare } from './environment.mjs';
import { fix, lint } from './test/lint.mjs';

await main(async () => {
  await prepare();
  if (process.argv.includes('--fix')) {
    await fix();
  }
  const { failed } = await lint();
  return failed ? 1 : 0;
});
