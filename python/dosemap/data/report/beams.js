/* Tube, beam, field on the skin and table of one step. */

const WITHOUT_DETECTOR_MM = 900;

function beamsOf(steps, step) {
  let first = 0;
  for (let i = 0; i < step; i++) first += steps.beams_of_step[i];
  const beams = [];
  for (let i = first; i < first + steps.beams_of_step[step]; i++) {
    const row = steps.beam.subarray(16 * i, 16 * i + 16);
    beams.push({
      source: row.subarray(0, 3),
      u: row.subarray(3, 6),
      v: row.subarray(6, 9),
      w: row.subarray(9, 12),
      field: row.subarray(12, 16),
      position: steps.position_of_beam[i],
    });
  }
  return beams;
}

function corners(beam, depth) {
  const [u0, u1, v0, v1] = beam.field;
  return [[u0, v0], [u1, v0], [u1, v1], [u0, v1]].map(([u, v]) =>
    [0, 1, 2].map((k) => beam.source[k] + depth * (beam.w[k] + u * beam.u[k] + v * beam.v[k])),
  );
}

/* Edges of the pyramid and of the detector, as one polyline with gaps. */
function beamLines(beams, depth) {
  const line = { x: [], y: [], z: [] };
  const add = (...points) => {
    for (const p of points) ["x", "y", "z"].forEach((name, k) => line[name].push(p[k]));
    for (const name of ["x", "y", "z"]) line[name].push(null);
  };
  for (const beam of beams) {
    const end = corners(beam, depth);
    for (const corner of end) add(beam.source, corner);
    add(...end, end[0]);
  }
  return line;
}

/* How far inside the field each exposed vertex lies, in tangents; turned away from it: outside. */
function insideField(skin, beam) {
  const values = new Float32Array(skin.count).fill(-1);
  const n = skin.count;
  const [u0, u1, v0, v1] = beam.field;
  for (let i = 0; i < n; i++) {
    const ray = [0, 1, 2].map((k) => skin.positions[k * n + i] - beam.source[k]);
    const along = (axis) => ray[0] * axis[0] + ray[1] * axis[1] + ray[2] * axis[2];
    const depth = along(beam.w);
    if (depth <= 0) continue;
    const u = along(beam.u) / depth;
    const v = along(beam.v) / depth;
    values[i] = Math.min(u - u0, u1 - u, v - v0, v1 - v);
  }
  return values;
}

function facesSource(skin, beam, corners) {
  const n = skin.count;
  return corners.every((v) => {
    let dot = 0;
    for (let k = 0; k < 3; k++) {
      dot += (skin.positions[k * n + v] - beam.source[k]) * skin.normals[k * n + v];
    }
    return dot < 0;
  });
}

const BOX_EDGES = [[0, 1], [2, 3], [4, 5], [6, 7], [0, 2], [1, 3], [4, 6], [5, 7], [0, 4], [1, 5], [2, 6], [3, 7]];

function tableEdges(layers) {
  const line = { x: [], y: [], z: [] };
  for (const layer of layers) {
    for (const [from, to] of BOX_EDGES) {
      ["x", "y", "z"].forEach((name, k) => line[name].push(layer.corners[from][k], layer.corners[to][k], null));
    }
  }
  return line;
}
