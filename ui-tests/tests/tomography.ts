/**
 * What the browser tests do and see, in the words of an analyst.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import { expect } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

const checkout = path.resolve(__dirname, '..', '..');
const shared =
  process.env.TOMO_SHARED_DATA ?? path.join(checkout, '..', 'shared', 'data');

/** Real neutron data; not on a user's machine. */
export const hasRealData = fs.existsSync(path.join(shared, 'psi-neutron-ct'));

/** A recipe as the document's text says it, as far as the tests look at it. */
export interface IRecipeSeen {
  dataset?: { angles?: unknown };
  regions?: {
    centre?: { column: number; tilt?: number };
    air?: number[];
    roi?: number[];
  };
  reconstruction?: { rotation?: number };
}

/** A slice as its file says. */
export interface ISliceOnDisk {
  value: number;
  shape: [number, number];
  min: number;
  max: number;
}

/** A job as the proxy tells of it, as far as the tests look at it. */
export interface IJobSeen {
  id: string;
  state: string;
  output: string;
  slices: { done: number; total: number };
  failure?: { message: string; hint: string };
}

export class Tomography {
  constructor(readonly page: IJupyterLabPageFixture) {}

  /** The panel at the right side. */
  get panel(): Locator {
    return this.page.locator('.jp-TomoPanel');
  }

  /** The viewer that is seen. */
  get viewer(): Locator {
    return this.page.locator('.jp-tomo-viewer:visible');
  }

  /** The line of facts below the image. */
  get facts(): Locator {
    return this.viewer.locator('.jp-tomo-viewer-info');
  }

  /** Newest job of the list. */
  get job(): Locator {
    return this.panel.locator('.jp-TomoJob').first();
  }

  row(label: string): Locator {
    return this.panel.locator(`.jp-TomoRow[aria-label="${label}"]`).first();
  }

  /** Open a folder or file of the file browser by its context menu. */
  async openData(folder: string, name: string): Promise<void> {
    await this.page.filebrowser.openDirectory(folder);
    const item = this.page.locator('.jp-DirListing-item', {
      has: this.page.locator(`.jp-DirListing-itemText >> text="${name}"`)
    });
    await item.first().click({ button: 'right' });
    await this.page
      .locator('.lm-Menu-item', { hasText: 'Open in Tomography' })
      .click();
    await expect(this.panel).toBeVisible();
    await expect(this.panel.getByText(/projections/).first()).toBeVisible({
      timeout: 30_000
    });
  }

  /** Switch the viewer. */
  async show(mode: 'Projection' | 'Sinogram' | 'Slice'): Promise<void> {
    await this.viewer.getByRole('button', { name: mode, exact: true }).click();
  }

  /** Type the column of the axis. */
  async setCentre(column: number): Promise<void> {
    const field = this.panel.getByLabel('Column of the axis of rotation');
    await field.fill(String(column));
    await field.press('Enter');
  }

  /** Show the slice about an axis; its row is here then. */
  async sliceAbout(column: number): Promise<void> {
    await this.setCentre(column);
    await this.show('Slice');
    await expect(this.facts).toContainText(`centre ${column}`, {
      timeout: 30_000
    });
  }

  /** Open the example's NXtomo file and show its slice about the axis that is found; the column of that. */
  async openPhantomSlice(): Promise<number> {
    await this.openData('examples/data', 'phantom_nxtomo.nxs');
    const found = await this.findCentre();
    await this.show('Slice');
    await expect(this.facts).toContainText('256 × 256', { timeout: 30_000 });
    return found;
  }

  /** Find the centre of rotation; the column that stands in the panel afterwards. */
  async findCentre(): Promise<number> {
    await this.panel.getByRole('button', { name: 'Find', exact: true }).click();
    const field = this.panel.getByLabel('Column of the axis of rotation');
    // A proposal may stand in the field already; the picture comes with what was found.
    await expect(this.panel.getByText(/^Why: /).first()).toBeVisible({
      timeout: 60_000
    });
    await expect(field).not.toHaveValue('');
    return Number(await field.inputValue());
  }

  /** The recipe of the current document, as its text says. */
  async recipe(): Promise<IRecipeSeen> {
    const text = await this.page.evaluate(() => {
      const widget: unknown = window.jupyterapp.shell.currentWidget;
      return (
        widget as {
          context: { model: { toString(): string } };
        }
      ).context.model.toString();
    });
    return JSON.parse(text) as IRecipeSeen;
  }

  async jobs(): Promise<IJobSeen[]> {
    const reply = await this.page.request.get('/jupyterlab-tomo/api/jobs');
    expect(reply.status()).toBe(200);
    const list = (await reply.json()) as { jobs: IJobSeen[] };
    return list.jobs;
  }

  /** Press Reconstruct and wait for the state of the job that it makes. */
  async reconstruct(state: string, timeout = 90_000): Promise<IJobSeen> {
    const before = (await this.jobs()).map(job => job.id);
    await this.panel.getByRole('button', { name: /^Reconstruct \d+/ }).click();
    let id: string | undefined;
    await expect(async () => {
      id = (await this.jobs()).find(job => !before.includes(job.id))?.id;
      expect(id).toBeDefined();
    }).toPass({ timeout: 20_000 });
    await expect(
      this.panel.locator(`.jp-TomoJob[data-job="${id}"]`)
    ).toHaveAttribute('data-state', state, { timeout });
    const job = (await this.jobs()).find(each => each.id === id);
    if (!job) {
      throw new Error('The job is gone from the list.');
    }
    return job;
  }

  /** Point at a pixel of the image shown; the value that the viewer reads out. */
  async valueAt(x: number, y: number): Promise<number> {
    const readout = this.viewer.locator(
      '.jp-tomo-viewer-contrast .jp-tomo-viewer-hover'
    );
    const at = await this.positionOf(x, y);
    const next = await this.positionOf(x + 1, y + 1);
    await expect(async () => {
      await this.page.mouse.move(at.x - 3, at.y);
      await this.page.mouse.move(at.x, at.y);
      const [, atX, atY] = (await readout.innerText()).match(
        /x (-?\d+)\s+y (-?\d+)/
      ) ?? ['', '', ''];
      // The page rounds to its own pixels.
      at.x += (x - Number(atX)) * (next.x - at.x) * 0.5;
      at.y += (y - Number(atY)) * (next.y - at.y) * 0.5;
      expect([Number(atX), Number(atY)]).toEqual([x, y]);
    }).toPass({ timeout: 10_000 });
    return Number((await readout.locator('b').innerText()).replace('−', '-'));
  }

  /** Where the middle of a pixel is on the page. */
  async positionOf(x: number, y: number): Promise<{ x: number; y: number }> {
    const surface = this.viewer.locator('.jp-tomo-viewer-surface');
    const box = await surface.boundingBox();
    const ranges = await this.viewer
      .locator('.js-plotly-plot')
      .first()
      .evaluate(node => {
        const { xaxis, yaxis } = (
          node as unknown as {
            _fullLayout: Record<'xaxis' | 'yaxis', { range: number[] }>;
          }
        )._fullLayout;
        return { x: xaxis.range, y: yaxis.range };
      });
    if (!box) {
      throw new Error('The image is not on the page.');
    }
    const along = (value: number, [from, to]: number[]): number =>
      (value - from) / (to - from);
    return {
      x: box.x + along(x, ranges.x) * box.width,
      // Row 0 is at the top, whichever way the axis is written.
      y: box.y + (1 - along(y, ranges.y)) * box.height
    };
  }

  /** Drag from one pixel of the image to another. */
  async drag(from: [number, number], to: [number, number]): Promise<void> {
    const start = await this.positionOf(...from);
    const end = await this.positionOf(...to);
    await this.page.mouse.move(start.x, start.y);
    await this.page.mouse.down();
    await this.page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2);
    await this.page.mouse.move(end.x, end.y);
    await this.page.mouse.up();
  }
}

/** A pixel and statistics of a slice on disk, read by tifffile. */
export function sliceOnDisk(
  folder: string,
  row: number,
  at: [number, number]
): ISliceOnDisk {
  const code = [
    'import json, sys, tifffile',
    'image = tifffile.imread(sys.argv[1])',
    'x, y = int(sys.argv[2]), int(sys.argv[3])',
    'print(json.dumps({"value": float(image[y, x]), "shape": image.shape, "min": float(image.min()), "max": float(image.max())}))'
  ].join('\n');
  const file = path.join(folder, `slice_${String(row).padStart(5, '0')}.tif`);
  const text = execFileSync(
    path.join(checkout, '.venv', 'bin', 'python'),
    ['-c', code, file, String(at[0]), String(at[1])],
    { encoding: 'utf8' }
  );
  return JSON.parse(text) as ISliceOnDisk;
}
