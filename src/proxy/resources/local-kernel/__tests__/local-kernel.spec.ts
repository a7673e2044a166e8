import type { IKernels } from '../kernels';
import { LocalKernelResource } from '../local-kernel';

describe('LocalKernelResource', () => {
  it('names the default kernel first: it is what runs where none is chosen', async () => {
    const python = (name: string): object => ({
      name,
      title: name,
      language: 'python'
    });
    const kernels = {
      specs: () =>
        Promise.resolve({
          default: 'python3',
          specs: [python('conda'), python('python3'), python('old')]
        })
    } as unknown as IKernels;
    const resource = new LocalKernelResource(kernels, {
      jobs: '/nowhere',
      server: 'here'
    });
    const { kernels: named } = await resource.describe();
    expect(named.map(({ name }) => name)).toEqual(['python3', 'conda', 'old']);
  });
});
