/* The doses of lines, each at a place of the view where nothing is written yet. */

const LETTERS = { size: 13, wide: 7.5, high: 14 }; // px
const GAP = 4; // px between a line and its letters
const TOWARDS_EYE_MM = 50; // else skin that bends towards the eye cuts letters off; less than MARGIN_MM
const MARK_PX = 8; // half of the mark of the peak
const DARK_SHARE = 0.45; // of the scale: from here on letters are white
const FOCAL = 1 / Math.tan(Math.PI / 8); // plotly's angle of view is 45 degrees, upright

/* Outside a line, then inside it: which way its end lies on the screen. */
const LABEL_PLACES = [false, true].flatMap((isInside) =>
  [[0, -1], [0, 1], [1, 0], [-1, 0]].map((along) => ({ along, isInside })),
);

/* From points of the space, mm, to the screen, px, as a camera of plotly sees them. */
function lens(camera, ranges, { width, height }) {
  const vector = ({ x, y, z }) => [x, y, z];
  const minus = (a, b) => a.map((value, k) => value - b[k]);
  const dot = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);
  const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  const unit = (a) => a.map((value) => value / Math.hypot(...a));
  const eye = vector(camera.eye);
  const ahead = unit(minus(vector(camera.center), eye));
  const right = unit(cross(ahead, vector(camera.up)));
  const up = cross(right, ahead);
  const scale = (FOCAL * height) / 2;
  const eye_mm = eye.map((value, k) => 1000 * value + (ranges[k][0] + ranges[k][1]) / 2);
  return {
    eye_mm,
    onScreen(point) {
      const ray = minus(inScene(ranges, point), eye);
      const depth = dot(ray, ahead);
      return [width / 2 + (scale * dot(ray, right)) / depth, height / 2 - (scale * dot(ray, up)) / depth];
    },
    /* The point that is seen so many px beside another, a little nearer to the eye. */
    beside(point, [across, down]) {
      const mm = dot(minus(point, eye_mm), ahead) / scale;
      const there = point.map((value, k) => value + mm * (across * right[k] - down * up[k]));
      const away = minus(eye_mm, there);
      return there.map((value, k) => value + (TOWARDS_EYE_MM / Math.hypot(...away)) * away[k]);
    },
  };
}

function boxOf([x, y], wide) {
  const [across, down] = [wide / 2, LETTERS.high / 2];
  return { left: x - across, top: y - down, right: x + across, bottom: y + down };
}

function isFree(box, taken, { width, height }) {
  if (box.left < 0 || box.top < 0 || box.right > width || box.bottom > height) return false;
  return taken.every((o) => box.right <= o.left || o.right <= box.left || box.bottom <= o.top || o.bottom <= box.top);
}

/* A dose stands beside its line and across none, else it would be read as another's. One without such a place is left
   out: the text below the view names all lines. Alert levels come first. */
function contourLabels({ skin, peak }, values, { scale, named, camera, ranges, size }) {
  const labels = { x: [], y: [], z: [], text: [], colour: [] };
  const view = lens(camera, ranges, size);
  const [x, y] = view.onScreen(peak.point);
  const taken = [{ left: x - MARK_PX, right: x + MARK_PX, top: y - MARK_PX, bottom: y + MARK_PX }];
  const isLevel = ([dose]) => scale.levels_gy.includes(dose);
  const inTurn = [...named.filter(isLevel), ...named.filter((entry) => !isLevel(entry))];
  const isDrawn = (corners) => facesSource(skin, { source: view.eye_mm }, corners);
  const lines = inTurn.map(([dose]) => pointsOf(contourLines(skin, values, [dose], { isDrawn })));
  const onScreen = lines.map((points) => points.map((point) => view.onScreen(point)));
  const crosses = (box) => onScreen.some((line) => line.some((point) => isWithin(point, box)));
  inTurn.forEach(([dose, text], number) => {
    const [points, seen] = [lines[number], onScreen[number]];
    if (!points.length) return;
    for (let turn = 0; turn < LABEL_PLACES.length; turn++) {
      const { along, isInside } = LABEL_PLACES[(number + turn) % LABEL_PLACES.length];
      const end = farthest(seen, along);
      const wide = LETTERS.wide * text.length;
      const outwards = (along[0] ? wide / 2 : LETTERS.high / 2) + GAP;
      const offset = along.map((share) => share * (isInside ? -outwards : outwards));
      const box = boxOf([seen[end][0] + offset[0], seen[end][1] + offset[1]], wide);
      if (!isFree(box, taken, size) || crosses(box)) continue;
      taken.push(box);
      const at = view.beside(points[end], offset);
      ["x", "y", "z"].forEach((axis, k) => labels[axis].push(at[k]));
      labels.text.push(text);
      labels.colour.push(isInside && dose > DARK_SHARE * scale.top_gy ? "#fff" : "#000");
      return;
    }
  });
  return labels;
}

function isWithin([x, y], box) {
  return x > box.left && x < box.right && y > box.top && y < box.bottom;
}

function pointsOf(line) {
  return line.x.flatMap((x, i) => (x === null ? [] : [[x, line.y[i], line.z[i]]]));
}

function farthest(seen, [across, down]) {
  let best = 0;
  seen.forEach(([x, y], i) => {
    if (across * x + down * y > across * seen[best][0] + down * seen[best][1]) best = i;
  });
  return best;
}
