import { expect, test } from '@jupyterlab/galata';

test.describe('The example notebook', () => {
  test('runs to the end and shows slices as Plotly images', async ({
    page
  }) => {
    test.slow();
    await page.filebrowser.openDirectory('examples/notebooks');
    await page.notebook.open('first_reconstruction.ipynb');
    await page.notebook.run();
    const errors = page.locator(
      '.jp-NotebookPanel:visible [data-mime-type="application/vnd.jupyter.stderr"], .jp-NotebookPanel:visible .jp-RenderedText[data-mime-type="application/vnd.jupyter.error"]'
    );
    await expect(errors).toHaveCount(0);
    const images = page.locator('.jp-tomo-viewer-output');
    await expect(images.first().locator('.js-plotly-plot')).toBeVisible({
      timeout: 60_000
    });
    expect(await images.count()).toBeGreaterThanOrEqual(2);
    const source = await images
      .last()
      .locator('.js-plotly-plot')
      .evaluate(node => {
        const [trace] = (
          node as unknown as { data: { type: string; source?: string }[] }
        ).data;
        return { type: trace.type, source: trace.source?.slice(0, 22) };
      });
    expect(source).toEqual({
      type: 'image',
      source: 'data:image/png;base64,'
    });
  });
});
