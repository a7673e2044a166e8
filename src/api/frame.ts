/**
 * Frames: how arrays travel between agent, proxy, browser and workers.
 *
 * | bytes | what |
 * |---|---|
 * | 0-3 | the letters `TMF1` |
 * | 4-7 | length of the header, uint32 little-endian, a multiple of 8 |
 * | 8-15 | length of the body, uint64 little-endian |
 * | then | header: JSON in UTF-8, padded with spaces |
 * | then | body: raw little-endian bytes in C order |
 */
export const FRAME_MAGIC = 'TMF1';
const PREFIX = 16;
const MAX_HEADER = 1 << 20;

export type FrameDType = 'float32' | 'uint16' | 'uint8';

export interface IFrameHeader {
  /** The request that this answers. */
  id: number;
  channel: string;
  /** Absent when the frame has no array (a JSON reply is in `reply`, an error in `error`). */
  dtype?: FrameDType;
  /** C order: (rows, columns). */
  shape?: number[];
  /** Pixels of the whole image along the edge of one of these; left out: 1. */
  bin?: number;
  /** Shape of the whole image when `bin` is more than 1. */
  whole?: number[];
  /** Smallest and largest finite value of the whole image; null when there is none. */
  range?: [number, number] | null;
  /** raw: values as they are. linear: value = offset + slope * stored. */
  encoding?: 'raw' | 'linear';
  slope?: number;
  offset?: number;
  /** What belongs to the image: row, used centre, timings, counts, warnings. */
  about?: Record<string, unknown>;
  reply?: unknown;
  error?: { code: string; message: string; where: string; hint: string };
}

export interface IFrame {
  header: IFrameHeader;
  body: ArrayBuffer;
  /** How long its bytes were on their way, over all links; not how long it was made. Left out: not known. */
  transfer?: { bytes: number; seconds: number };
}

/** A frame that is not one. */
export class FrameError extends Error {}

/**
 * Lengths from the first 16 bytes, or null when there are fewer.
 *
 * @throws FrameError when the magic or a length is wrong.
 */
export function frameLengths(
  bytes: Uint8Array
): { header: number; body: number; total: number } | null {
  if (bytes.byteLength < PREFIX) {
    return null;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, PREFIX);
  for (let i = 0; i < 4; i++) {
    if (view.getUint8(i) !== FRAME_MAGIC.charCodeAt(i)) {
      throw new FrameError('Not a frame: the letters TMF1 are missing.');
    }
  }
  const header = view.getUint32(4, true);
  const body = Number(view.getBigUint64(8, true));
  if (header > MAX_HEADER || header % 8 !== 0 || !Number.isSafeInteger(body)) {
    throw new FrameError('Not a frame: a length in it is impossible.');
  }
  return { header, body, total: PREFIX + header + body };
}

/**
 * Read one whole frame.
 *
 * @throws FrameError when it is cut short or its header is not an object.
 */
export function decodeFrame(buffer: ArrayBuffer): IFrame {
  const bytes = new Uint8Array(buffer);
  const lengths = frameLengths(bytes);
  if (!lengths || lengths.total > bytes.byteLength) {
    throw new FrameError('The frame is cut short.');
  }
  const header = decodeHeader(bytes.subarray(PREFIX, PREFIX + lengths.header));
  const from = PREFIX + lengths.header;
  return { header, body: buffer.slice(from, from + lengths.body) };
}

/** The header of a frame from its bytes alone. */
export function decodeHeader(bytes: Uint8Array): IFrameHeader {
  const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (!isHeader(parsed)) {
    throw new FrameError('The header of the frame is not one.');
  }
  return parsed;
}

/** Write one frame. */
export function encodeFrame(
  header: IFrameHeader,
  body?: Uint8Array
): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(text.byteLength / 8) * 8;
  const size = body?.byteLength ?? 0;
  const bytes = new Uint8Array(PREFIX + length + size);
  bytes.fill(0x20, PREFIX, PREFIX + length);
  for (let i = 0; i < 4; i++) {
    bytes[i] = FRAME_MAGIC.charCodeAt(i);
  }
  const view = new DataView(bytes.buffer);
  view.setUint32(4, length, true);
  view.setBigUint64(8, BigInt(size), true);
  bytes.set(text, PREFIX);
  if (body) {
    bytes.set(body, PREFIX + length);
  }
  return bytes;
}

function isHeader(value: unknown): value is IFrameHeader {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'number' &&
    'channel' in value &&
    typeof value.channel === 'string'
  );
}
