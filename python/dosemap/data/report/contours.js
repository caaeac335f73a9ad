/* Lines of equal value on triangles, as one polyline with gaps, lifted off the skin. */

const LIFT_MM = 1.5;

function contourLines(skin, values, levels, { isDrawn } = {}) {
  const line = { x: [], y: [], z: [] };
  const { triangles, exposed_triangles: count } = skin;
  for (let t = 0; t < 3 * count; t += 3) {
    const corners = [triangles[t], triangles[t + 1], triangles[t + 2]];
    if (isDrawn && !isDrawn(corners)) continue;
    const at = corners.map((v) => values[v]);
    const low = Math.min(...at);
    const high = Math.max(...at);
    for (const level of levels) {
      if (low < level && level <= high) addSegment(line, skin, corners, { at, level });
    }
  }
  return line;
}

function addSegment(line, skin, corners, { at, level }) {
  for (let side = 0; side < 3; side++) {
    const next = (side + 1) % 3;
    if (at[side] < level === at[next] < level) continue;
    const share = (level - at[side]) / (at[next] - at[side]);
    for (const [axis, name] of ["x", "y", "z"].entries()) {
      const from = lifted(skin, corners[side], axis);
      line[name].push(from + share * (lifted(skin, corners[next], axis) - from));
    }
  }
  for (const name of ["x", "y", "z"]) line[name].push(null);
}

function lifted(skin, vertex, axis) {
  const at = axis * skin.count + vertex;
  return skin.positions[at] + (LIFT_MM * skin.normals[at]) / 100;
}
