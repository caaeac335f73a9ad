/* A dose as dosemap.dose_words.gy writes it, but for halves of the last digit. */
function gy(dose, digits = 3) {
  if (dose === 0) return "0 Gy";
  if (Math.abs(dose) < 1e-8) return "< 0.01 µGy";
  const least = 1 - 0.5 * 10 ** -digits;
  const [factor, unit] =
    [[1, "Gy"], [1e3, "mGy"]].find(([by]) => Math.abs(dose) * by >= least) || [1e6, "µGy"];
  const text = (dose * factor).toPrecision(digits);
  return `${text.includes("e") ? Number(text).toFixed(0) : text} ${unit}`;
}

function percent(share) {
  return `${(100 * share).toFixed(1)}%`;
}
