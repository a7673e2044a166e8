import type { Recipe } from '../../../recipe';
import { othersSchema } from '../others';

const recipe = (method?: string, resource?: string): Recipe =>
  ({
    version: 1,
    dataset: { path: '/scan', ...(resource && { resource }) },
    reconstruction: { tool: 'tiny-tool', ...(method && { method }) }
  }) as unknown as Recipe;

function make(): {
  api: Parameters<typeof othersSchema>[0];
  asked: object[];
} {
  const asked: object[] = [];
  const methods = ['first', 'second'].map(name => ({
    name,
    schema: { [name]: { type: 'number' } }
  }));
  const api = {
    tools: (request: { kernel?: string }) => {
      asked.push(request);
      return request.kernel === 'broken'
        ? Promise.reject(new Error('no Python'))
        : Promise.resolve({ tools: [{ name: 'tiny-tool', methods }] });
    }
  } as unknown as Parameters<typeof othersSchema>[0];
  return { api, asked };
}

it('asks the Python in which previews are made', async () => {
  const { api, asked } = make();
  await expect(
    othersSchema(api, recipe('second'), 's', 'conda')
  ).resolves.toEqual({ second: { type: 'number' } });
  await othersSchema(api, recipe('second', 'scarf'), 's', 'conda');
  expect(asked).toEqual([
    { purpose: 's', kernel: 'conda' },
    { purpose: 's', resource: 'scarf' }
  ]);
});

it('takes the first method where none is named, and none where nobody knows', async () => {
  const { api } = make();
  await expect(othersSchema(api, recipe(), 's', 'k')).resolves.toEqual({
    first: { type: 'number' }
  });
  await expect(
    othersSchema(api, recipe('third'), 's', 'k')
  ).resolves.toBeUndefined();
  await expect(
    othersSchema(api, recipe(), 's', 'broken')
  ).resolves.toBeUndefined();
});
