// QR codes of links (ISO/IEC 18004): byte mode, error correction level M, versions 1 to 9, which
// hold up to 180 bytes. The mask is always the first: the bits of a link are mixed enough for every
// reader.

/** For every version: its codewords, those for correction in each block, and the blocks. */
const sizes = [
  [26, 10, 1], [44, 16, 1], [70, 26, 1], [100, 18, 2], [134, 24, 2],
  [172, 16, 4], [196, 18, 4], [242, 22, 4], [292, 22, 5],
];

/** The format information of level M and mask 0, most significant bit first. */
const format = 0b101010000010010;

/** The width of the quiet zone around a code, in modules. */
const edge = 4;

/** Returns the picture of a code: its size in modules and the path of the dark ones, or null. */
export function picture(text) {
  const grid = encode(text);
  if (!grid) return null;
  const size = grid.length + 2 * edge;
  const dark = grid.flatMap((row, y) =>
    row.map((on, x) => (on ? `M${x + edge} ${y + edge}h1v1h-1z` : "")),
  );
  return { size, path: dark.join("") };
}

/** Returns the rows of modules of a code, true where dark, or null if the text is too long. */
export function encode(text) {
  const bytes = new TextEncoder().encode(text);
  // The mode, the length and the terminator take two bytes.
  const fits = ([total, check, blocks]) => bytes.length + 2 <= total - check * blocks;
  const version = 1 + sizes.findIndex(fits);
  if (!version) return null;
  const grid = frame(version);
  fill(grid, codewords(bytes, sizes[version - 1]));
  return grid;
}

/** Returns data and correction in the order of the code: the blocks interleaved. */
function codewords(bytes, [total, check, blocks]) {
  const room = total - check * blocks;
  const nibbles = [...bytes].flatMap((byte) => [byte >> 4, byte & 15]);
  const halves = [4, bytes.length >> 4, bytes.length & 15, ...nibbles, 0];
  const whole = (_, i) => (halves[2 * i] << 4) | halves[2 * i + 1];
  const data = Array.from({ length: bytes.length + 2 }, whole);
  for (let pad = 0xec; data.length < room; pad ^= 0xec ^ 0x11) data.push(pad);
  // The last blocks are one byte longer where the data does not divide evenly.
  const parts = Array.from({ length: blocks }, (_, i) => {
    const start = (at) =>
      Math.floor(room / blocks) * at + Math.max(0, at - blocks + (room % blocks));
    return data.slice(start(i), start(i + 1));
  });
  return [...interleave(parts), ...interleave(parts.map((part) => correction(part, check)))];
}

function interleave(parts) {
  const longest = Math.max(...parts.map(({ length }) => length));
  const columns = Array.from({ length: longest }, (_, i) => parts.map((part) => part[i]));
  return columns.flat().filter((byte) => byte !== undefined);
}

/** The powers of 2 in GF(256) modulo x^8 + x^4 + x^3 + x^2 + 1, and their logarithms. */
const powers = [1];
const logs = [];
for (let i = 0; i < 255; i++) {
  logs[powers[i]] = i;
  powers.push((powers[i] << 1) ^ (powers[i] & 128 ? 0x11d : 0));
}

const times = (a, b) => (a && b ? powers[(logs[a] + logs[b]) % 255] : 0);

/** Returns the Reed-Solomon remainder of data, `count` bytes. */
function correction(data, count) {
  let generator = [1];
  for (let i = 0; i < count; i++) {
    generator = [...generator, 0].map((a, at) => a ^ times(generator[at - 1] ?? 0, powers[i]));
  }
  const rest = [...data, ...Array(count).fill(0)];
  for (let i = 0; i < data.length; i++) {
    const factor = rest[i];
    generator.forEach((a, at) => (rest[i + at] ^= times(a, factor)));
  }
  return rest.slice(data.length);
}

/** Returns the grid of a version with its patterns; modules for data are null. */
function frame(version) {
  const size = 17 + 4 * version;
  const grid = Array.from({ length: size }, () => Array(size).fill(null));
  const square = (x, y, radius, isDark) => {
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) {
        const distance = Math.max(Math.abs(dx), Math.abs(dy));
        if (grid[y + dy]?.[x + dx] !== undefined) grid[y + dy][x + dx] = isDark(distance);
      }
    }
  };
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) {
    square(x, y, 4, (distance) => distance !== 2 && distance !== 4);
  }
  const middle = version < 7 ? [] : [(size - 1) / 2];
  const centres = version === 1 ? [] : [6, ...middle, size - 7];
  for (const y of centres) {
    for (const x of centres) {
      if (grid[y][x] === null) square(x, y, 2, (distance) => distance !== 1);
    }
  }
  for (let i = 8; i < size - 8; i++) grid[6][i] = grid[i][6] = i % 2 === 0;
  for (let i = 0; i < 15; i++) {
    const on = Boolean((format >> i) & 1);
    grid[i < 6 ? i : i < 8 ? i + 1 : size - 15 + i][8] = on;
    grid[8][i < 8 ? size - 1 - i : i < 9 ? 7 : 14 - i] = on;
  }
  grid[size - 8][8] = true;
  if (version >= 7) identify(grid, version);
  return grid;
}

/** Writes the number of a version from 7, with its correction, at two corners. */
function identify(grid, version) {
  let rest = version;
  for (let i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
  const bits = (version << 12) | rest;
  for (let i = 0; i < 18; i++) {
    const [a, b] = [grid.length - 11 + (i % 3), Math.floor(i / 3)];
    grid[a][b] = grid[b][a] = Boolean((bits >> i) & 1);
  }
}

/**
 * Writes the bytes where the grid is null: in pairs of columns from the right, alternately up and
 * down.
 */
function fill(grid, bytes) {
  const size = grid.length;
  let at = 0;
  let up = true;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right--; // a column of the frame
    for (let i = 0; i < size; i++) {
      const y = up ? size - 1 - i : i;
      for (const x of [right, right - 1]) {
        if (grid[y][x] !== null) continue;
        const bit = (bytes[at >> 3] >> (7 - (at & 7))) & 1;
        at++;
        grid[y][x] = Boolean(bit) !== ((x + y) % 2 === 0);
      }
    }
    up = !up;
  }
}
