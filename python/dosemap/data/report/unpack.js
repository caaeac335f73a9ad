"use strict";

/* Arrays and texts of the page; python/dosemap/report/packing.py is the other side. */

async function bytesOf(base64) {
  const packed = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function textOf(base64) {
  return new TextDecoder().decode(await bytesOf(base64));
}

const ARRAYS = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, i4: Int32Array, f4: Float32Array };

async function arrayOf(entry) {
  const planes = await bytesOf(entry.data);
  const n = entry.length;
  const width = n ? planes.length / n : 1;
  const bytes = new Uint8Array(planes.length);
  for (let plane = 0; plane < width; plane++) {
    for (let i = 0; i < n; i++) bytes[i * width + plane] = planes[plane * n + i];
  }
  if (!entry.differences) return new ARRAYS[entry.type](bytes.buffer);
  const zigzag = new Uint32Array(bytes.buffer);
  const values = new Int32Array(n);
  let value = 0;
  for (let i = 0; i < n; i++) {
    value += (zigzag[i] >>> 1) ^ -(zigzag[i] & 1);
    values[i] = value;
  }
  return values;
}

/* Every packed array of an object, unpacked; everything else as it is. */
async function unpacked(object) {
  const pairs = Object.entries(object).map(async ([key, value]) => {
    const isPacked = value !== null && typeof value === "object" && "data" in value && "type" in value;
    return [key, isPacked ? await arrayOf(value) : value];
  });
  return Object.fromEntries(await Promise.all(pairs));
}

/* Where the changes of each step begin. */
function offsets(counts) {
  const first = new Uint32Array(counts.length + 1);
  counts.forEach((count, i) => (first[i + 1] = first[i] + count));
  return first;
}

/* Place of a value in an ascending part of an array; -1 where it is not in it. */
function placeOf(values, value, from, to) {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low < to && values[low] === value ? low : -1;
}
