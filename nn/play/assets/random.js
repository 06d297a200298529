// NumPy's PCG64 and Generator.permutation, so that the browser shuffles as `fit` does with the same seed.

const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n,
  BITS128 = (1n << 128n) - 1n,
  BITS64 = (1n << 64n) - 1n;

// From {state, inc, has_uint32, uinteger} of a NumPy bit generator, with the long numbers as text.
function generatorOf(saved) {
  return {
    state: BigInt(saved.state),
    inc: BigInt(saved.inc),
    kept: saved.has_uint32 ? saved.uinteger : null,
  };
}

function next64(generator) {
  generator.state = (generator.state * MULTIPLIER + generator.inc) & BITS128;
  const word = ((generator.state >> 64n) ^ generator.state) & BITS64,
    turn = generator.state >> 122n;
  return ((word >> turn) | (word << (64n - turn))) & BITS64;
}

// Half of a word; the other half is kept for the next call.
function next32(generator) {
  if (generator.kept !== null) {
    const word = generator.kept;
    generator.kept = null;
    return word;
  }
  const word = next64(generator);
  generator.kept = Number(word >> 32n);
  return Number(word & 0xffffffffn);
}

// A whole number from 0 to `most`, each as likely: bits are drawn until they make no larger number.
function below(generator, most) {
  const mask = 2 ** (32 - Math.clz32(most)) - 1;
  for (;;) {
    const drawn = (next32(generator) & mask) >>> 0;
    if (drawn <= most) return drawn;
  }
}

function permutation(generator, count) {
  const order = Array.from({ length: count }, (_, k) => k);
  for (let k = count - 1; k > 0; k--) {
    const other = below(generator, k);
    [order[k], order[other]] = [order[other], order[k]];
  }
  return order;
}

const uniform = (generator) => Number(next64(generator) >> 11n) / 2 ** 53;

// A normal number, by the method of Box and Muller.
function normal(generator) {
  return Math.sqrt(-2 * Math.log(1 - uniform(generator))) * Math.cos(2 * Math.PI * uniform(generator));
}
