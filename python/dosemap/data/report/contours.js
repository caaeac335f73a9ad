/* Lines of equal value on triangles, as one polyline with gaps, lifted off the skin. */

const LIFT_MM = 1.5;
const LABEL_LIFT_MM = 25; // else skin that bends towards the eye cuts letters off

function contourLines(skin, values, levels, { isDrawn, lift = LIFT_MM } = {}) {
  const line = { x: [], y: [], z: [] };
  const { triangles, exposed_triangles: count } = skin;
  for (let t = 0; t < 3 * count; t += 3) {
    const corners = [triangles[t], triangles[t + 1], triangles[t + 2]];
    if (isDrawn && !isDrawn(corners)) continue;
    const at = corners.map((v) => values[v]);
    const low = Math.min(...at);
    const high = Math.max(...at);
    for (const level of levels) {
      if (low < level && level <= high) addSegment(line, skin, corners, { at, level, lift });
    }
  }
  return line;
}

/* The dose of each line above and below it, then inside it, in turn, so that they stay apart. */
const LABEL_PLACES = [
  { sign: 1, position: "top center", isInside: false },
  { sign: -1, position: "bottom center", isInside: false },
  { sign: 1, position: "bottom center", isInside: true },
  { sign: -1, position: "top center", isInside: true },
];
const DARK_SHARE = 0.45; // of the scale: from here on letters are white

function contourLabels(skin, values, scale) {
  const labels = { x: [], y: [], z: [], text: [], textposition: [], colour: [] };
  scale.named.forEach(([level, text], number) => {
    const line = contourLines(skin, values, [level], { lift: LABEL_LIFT_MM });
    const { sign, position, isInside } = LABEL_PLACES[number % LABEL_PLACES.length];
    let end = -1;
    line.z.forEach((z, i) => {
      if (z !== null && (end < 0 || sign * z > sign * line.z[end])) end = i;
    });
    if (end < 0) return;
    for (const axis of ["x", "y", "z"]) labels[axis].push(line[axis][end]);
    labels.text.push(text);
    labels.textposition.push(position);
    labels.colour.push(isInside && level > DARK_SHARE * scale.top_gy ? "#fff" : "#000");
  });
  return labels;
}

function addSegment(line, skin, corners, { at, level, lift }) {
  for (let side = 0; side < 3; side++) {
    const next = (side + 1) % 3;
    if (at[side] < level === at[next] < level) continue;
    const share = (level - at[side]) / (at[next] - at[side]);
    for (const [axis, name] of ["x", "y", "z"].entries()) {
      const from = lifted(skin, corners[side], axis, lift);
      line[name].push(from + share * (lifted(skin, corners[next], axis, lift) - from));
    }
  }
  for (const name of ["x", "y", "z"]) line[name].push(null);
}

function lifted(skin, vertex, axis, lift) {
  const at = axis * skin.count + vertex;
  return skin.positions[at] + (lift * skin.normals[at]) / 100;
}
