/**
 * First-fit allocator over the instance's one memory.
 *
 * A block is a header of 16 bytes (size of what follows, next free block or
 * the mark of a block in use) and the payload. Free blocks are kept in order
 * of address and merged, and what lies at the top is given back, so that
 * plans of any size may follow one another without the memory growing.
 */
const HEADER: usize = 16;
const IN_USE: u32 = 0x1e5ed;
const SMALLEST_REST: usize = 64;
const PAGE_BITS: usize = 16;
/** One page stays free at the end, so that a vector load may look past a buffer. */
const SPARE: usize = 65536;

let firstFree: usize = 0;
let top: usize = (__heap_base + 15) & ~15;

function sizeOf(block: usize): usize {
  return load<u32>(block);
}

function nextOf(block: usize): usize {
  return load<u32>(block, 4);
}

function setBlock(block: usize, size: usize, next: u32): void {
  store<u32>(block, <u32>size);
  store<u32>(block, next, 4);
}

function setLink(previous: usize, next: usize): void {
  if (previous) {
    store<u32>(previous, <u32>next, 4);
  } else {
    firstFree = next;
  }
}

/** Room for `bytes` at the top; false when the memory cannot grow. */
function reach(end: u64): bool {
  const wanted = (end + <u64>SPARE + 65535) >> PAGE_BITS;
  const pages = <u64>memory.size();
  if (wanted <= pages) {
    return true;
  }
  return wanted <= 65535 && memory.grow(<i32>(wanted - pages)) >= 0;
}

/** 16-byte aligned memory of undefined content; 0 when there is none. */
export function allocate(bytes: usize): usize {
  if (bytes > 0xfff00000) {
    return 0;
  }
  const size = max<usize>((bytes + 15) & ~15, 16);
  let previous: usize = 0;
  for (let block = firstFree; block; previous = block, block = nextOf(block)) {
    const rest = <isize>(sizeOf(block) - size);
    if (sizeOf(block) < size) {
      continue;
    }
    if (<usize>rest >= SMALLEST_REST) {
      const tail = block + HEADER + size;
      setBlock(tail, <usize>rest - HEADER, <u32>nextOf(block));
      setLink(previous, tail);
      setBlock(block, size, IN_USE);
    } else {
      setLink(previous, nextOf(block));
      setBlock(block, sizeOf(block), IN_USE);
    }
    return block + HEADER;
  }
  if (!reach(<u64>top + HEADER + size)) {
    return 0;
  }
  const block = top;
  top += HEADER + size;
  setBlock(block, size, IN_USE);
  return block + HEADER;
}

/** Give memory back; 0 and what is not in use are ignored. */
export function release(pointer: usize): void {
  const block = pointer - HEADER;
  if (pointer < HEADER || block >= top || load<u32>(block, 4) != IN_USE) {
    return;
  }
  let before: usize = 0;
  let beforeThat: usize = 0;
  let after = firstFree;
  while (after && after < block) {
    beforeThat = before;
    before = after;
    after = nextOf(after);
  }
  let merged = block;
  let size = sizeOf(block);
  if (after && block + HEADER + size == after) {
    size += HEADER + sizeOf(after);
    after = nextOf(after);
  }
  if (before && before + HEADER + sizeOf(before) == block) {
    size += HEADER + sizeOf(before);
    merged = before;
    before = beforeThat;
  }
  if (merged + HEADER + size == top) {
    setLink(before, 0);
    top = merged;
    return;
  }
  setBlock(merged, size, <u32>after);
  setLink(before, merged);
}

/** Allocate and clear. */
export function allocateZeros(bytes: usize): usize {
  const pointer = allocate(bytes);
  if (pointer) {
    memory.fill(pointer, 0, bytes);
  }
  return pointer;
}
