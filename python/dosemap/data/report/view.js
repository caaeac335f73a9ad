/* The drawing: its traces and its camera. Beams and table are lines: faces would hide skin from the pointer. */

const TRACE = { rest: 0, skin: 1, thin: 2, thick: 3, peak: 4, labels: 5, table: 6, beam: 7, field: 8, tube: 9 };
const NOTHING = { x: [], y: [], z: [] };
const MARGIN_MM = 60;
const LIGHT = { ambient: 0.72, diffuse: 0.45, specular: 0.03, roughness: 0.9, fresnel: 0.02 };
const TABLE = "#7a8ea3";
const BEAM = "#e69f00";

function rgb([red, green, blue]) {
  return `rgb(${red},${green},${blue})`;
}

function colourScale(scale, least) {
  const grey = rgb(scale.no_dose);
  const from = Math.min(Math.max(least / scale.top_gy, 0.002), 0.5);
  const stops = scale.shares
    .map((share, i) => [share, rgb(scale.colours[i])])
    .filter(([share]) => share > from);
  return [[0, grey], [from, grey], [from, rgb(scale.colours[0])], ...stops];
}

function meshOf(skin, from, to, more) {
  const n = skin.count;
  const corner = (offset) => {
    const out = new Uint32Array(to - from);
    for (let t = from; t < to; t++) out[t - from] = skin.triangles[3 * t + offset];
    return out;
  };
  return {
    type: "mesh3d",
    x: skin.positions.subarray(0, n),
    y: skin.positions.subarray(n, 2 * n),
    z: skin.positions.subarray(2 * n),
    i: corner(0),
    j: corner(1),
    k: corner(2),
    hoverinfo: "none",
    lighting: LIGHT,
    lightposition: { x: 2000, y: -4000, z: 6000 },
    showscale: false,
    ...more,
  };
}

function lineTrace(colour, width) {
  const line = { color: colour, width };
  return { type: "scatter3d", mode: "lines", line, hoverinfo: "none", connectgaps: false, ...NOTHING };
}

function traces(data, values) {
  const { skin, scale, peak } = data;
  const last = skin.triangles.length / 3;
  const at = peak.point.map((p, k) => p + 8 * peak.normal[k]);
  return [
    meshOf(skin, skin.exposed_triangles, last, { color: rgb(scale.no_dose) }),
    meshOf(skin, 0, skin.exposed_triangles, {
      intensity: values,
      cmin: 0,
      cmax: scale.top_gy,
      colorscale: colourScale(scale, skin.least_gy),
    }),
    lineTrace("#1a1a1a", 2),
    lineTrace(scale.level, 7),
    {
      type: "scatter3d",
      mode: "markers",
      x: [at[0]],
      y: [at[1]],
      z: [at[2]],
      marker: { size: 5, color: scale.peak, symbol: "diamond", line: { color: "#fff", width: 2 } },
      hoverinfo: "none",
    },
    {
      type: "scatter3d",
      mode: "text",
      ...NOTHING,
      text: [],
      textposition: "middle center",
      textfont: { size: LETTERS.size, color: "#000", family: "system-ui, Arial, sans-serif" },
      hoverinfo: "none",
    },
    lineTrace(TABLE, 2),
    lineTrace(BEAM, 4),
    lineTrace("#d55e00", 6),
    { type: "scatter3d", mode: "markers", ...NOTHING, marker: { size: 7, color: BEAM, symbol: "square" }, hoverinfo: "none" },
  ];
}

/* From and to on each axis, so that body, tubes and detectors are inside for every step. */
function spaceOf(data) {
  const { skin, steps } = data;
  const ranges = [0, 1, 2].map((k) => {
    let low = Infinity;
    let high = -Infinity;
    for (let i = 0; i < skin.count; i++) {
      const p = skin.positions[k * skin.count + i];
      if (p < low) low = p;
      if (p > high) high = p;
    }
    return [low - MARGIN_MM, high + MARGIN_MM];
  });
  const include = (point) => {
    ranges.forEach((range, k) => {
      range[0] = Math.min(range[0], point[k] - 20);
      range[1] = Math.max(range[1], point[k] + 20);
    });
  };
  if (steps) {
    steps.words.forEach((_, step) => {
      for (const beam of beamsOf(steps, step)) {
        include(beam.source);
        corners(beam, depthOf(steps, step)).forEach(include);
      }
    });
  }
  return ranges;
}

function depthOf(steps, step) {
  return steps.source_to_detector_mm[step] || WITHOUT_DETECTOR_MM;
}

function layoutOf(ranges) {
  const axis = (range) => ({ range, visible: false, autorange: false });
  const [x, y, z] = ranges.map(([low, high]) => (high - low) / 1000);
  return {
    margin: { l: 0, r: 0, t: 0, b: 0 },
    paper_bgcolor: "rgba(0,0,0,0)",
    showlegend: false,
    hovermode: "closest",
    hoverdistance: 3,
    scene: {
      xaxis: axis(ranges[0]),
      yaxis: axis(ranges[1]),
      zaxis: axis(ranges[2]),
      aspectmode: "manual",
      aspectratio: { x, y, z },
      bgcolor: "rgba(0,0,0,0)",
      dragmode: "orbit",
    },
  };
}

/* Metres from the middle of the space, in which plotly counts a camera. */
function inScene(ranges, point) {
  return point.map((p, k) => (p - (ranges[k][0] + ranges[k][1]) / 2) / 1000);
}

const DIRECTIONS = { back: [0, 1, 0.12], front: [0, -1, 0.12], left: [1, 0, 0.12], right: [-1, 0, 0.12] };

function cameraOf(data, ranges, name) {
  const { skin, peak } = data;
  let direction = DIRECTIONS[name] || peak.normal;
  if (name === "peak" && Math.abs(direction[2]) < 0.9) {
    const across = [-direction[1], direction[0], 0];
    direction = direction.map((d, k) => d + 0.25 * across[k] + (k === 2 ? 0.15 : 0));
  }
  const middle = [0, 1, 2].map((k) => {
    const part = skin.positions.subarray(k * skin.count, (k + 1) * skin.count);
    return (part.reduce((a, b) => Math.min(a, b)) + part.reduce((a, b) => Math.max(a, b))) / 2;
  });
  const isWhole = name === "whole";
  if (isWhole) direction = [0.9 * Math.sign(peak.normal[0] || 1), 1.1 * Math.sign(peak.normal[1] || 1), 0.35];
  const target = isWhole ? inScene(ranges, middle) : inScene(ranges, peak.point);
  const length = Math.hypot(...direction);
  const away = isWhole ? 2.6 : 1.25;
  const [x, y, z] = target.map((t, k) => t + (away * direction[k]) / length);
  const up = Math.abs(direction[2]) / length > 0.9 ? { x: 0, y: -1, z: 0 } : { x: 0, y: 0, z: 1 };
  return { eye: { x, y, z }, center: { x: target[0], y: target[1], z: target[2] }, up };
}

/* The camera turned about its centre, degrees, and nearer or farther. */
function turned(camera, { across = 0, upwards = 0, nearer = 1 }) {
  const from = ["x", "y", "z"].map((k) => (camera.eye[k] - camera.center[k]) * nearer);
  const distance = Math.hypot(...from);
  const azimuth = Math.atan2(from[1], from[0]) + (across * Math.PI) / 180;
  const height = Math.asin(from[2] / distance) + (upwards * Math.PI) / 180;
  const level = Math.max(-1.5, Math.min(1.5, height));
  const to = [Math.cos(azimuth) * Math.cos(level), Math.sin(azimuth) * Math.cos(level), Math.sin(level)];
  const [x, y, z] = ["x", "y", "z"].map((k, i) => camera.center[k] + distance * to[i]);
  return { ...camera, eye: { x, y, z } };
}
