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

/* The dose of each line, at its upper, lower, left and right end in turn, so that they stay apart. */
const LABEL_ENDS = [["z", 1, "top center"], ["z", -1, "bottom center"], ["x", 1, "middle center"], ["x", -1, "middle center"]];

function contourLabels(skin, values, scale) {
  const labels = { x: [], y: [], z: [], text: [], textposition: [] };
  scale.named.forEach(([level, name], number) => {
    const line = contourLines(skin, values, [level], { lift: LABEL_LIFT_MM });
    const [axis, sign, position] = LABEL_ENDS[number % LABEL_ENDS.length];
    let end = -1;
    line[axis].forEach((at, i) => {
      if (at !== null && (end < 0 || sign * at > sign * line[axis][end])) end = i;
    });
    if (end < 0) return;
    for (const name of ["x", "y", "z"]) labels[name].push(line[name][end]);
    labels.text.push(name);
    labels.textposition.push(position);
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
