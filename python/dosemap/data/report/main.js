/* Reads the data, draws, and follows slider, buttons, keys and pointer. */

const page = (id) => document.getElementById(id);
const LARGEST = 3;

async function start() {
  const data = JSON.parse(page("dosemap-data").textContent);
  if (!("DecompressionStream" in window) || !document.createElement("canvas").getContext("webgl")) return;
  const script = document.createElement("script");
  script.textContent = await textOf(page("dosemap-plotly").textContent);
  document.head.append(script);
  data.skin = await unpacked(data.skin);
  data.skin.count = data.skin.positions.length / 3;
  data.skin.positions = Float32Array.from(data.skin.positions, (p) => p * data.skin.step_mm);
  data.skin.sites = (await textOf(data.skin.sites)).split("\n");
  if (data.steps) data.steps = await unpacked(data.steps);
  const drawing = new Drawing(data);
  await drawing.draw();
  page("no-drawing").hidden = true;
  page("view").dataset.ready = "yes";
}

class Drawing {
  constructor(data) {
    this.data = data;
    this.view = page("view");
    this.ranges = spaceOf(data);
    this.last = data.steps ? data.steps.words.length : 0;
    this.step = this.last;
    this.alone = false;
    this.vertex = data.peak.vertex;
    this.pointer = { clientX: 0, clientY: 0 };
    this.values = data.skin.dose_gy;
    if (data.steps) this.firstChange = offsets(data.steps.changes);
  }

  async draw() {
    const { data } = this;
    const layout = layoutOf(this.ranges);
    layout.scene.camera = cameraOf(data, this.ranges, "peak");
    const config = { displayModeBar: false, responsive: true, scrollZoom: true };
    await Plotly.newPlot(this.view, traces(data, this.values), layout, config);
    await this.show();
    this.view.on("plotly_hover", (event) => this.point(event));
    this.view.on("plotly_click", (event) => this.point(event)); // a finger does not hover
    this.view.on("plotly_unhover", () => (page("tip").hidden = true));
    this.view.on("plotly_relayout", () => this.relabel());
    this.followKeys();
    this.followButtons();
    if (data.steps) this.followSlider();
    this.tell();
  }

  /* Dose of every drawn vertex at the slider's step. */
  valuesNow() {
    const { skin, steps } = this.data;
    if (this.step === this.last && !this.alone) return skin.dose_gy;
    const values = new Float32Array(skin.count);
    const first = this.alone && this.step < this.last ? this.step : 0;
    const end = this.firstChange[Math.min(this.step + 1, this.last)];
    const quanta = new Uint32Array(skin.exposed);
    for (let i = this.firstChange[first]; i < end; i++) quanta[steps.vertices[i]] += steps.quanta[i];
    for (let v = 0; v < skin.exposed; v++) values[v] = quanta[v] * steps.quantum_gy;
    return values;
  }

  async show() {
    const { skin, scale } = this.data;
    const isAlone = this.alone && this.step < this.last;
    this.values = this.valuesNow();
    // One event is little beside all: its colours go up to its own highest dose.
    const top = isAlone ? this.values.reduce((a, b) => Math.max(a, b), 0) || scale.top_gy : scale.top_gy;
    const labels = this.labels();
    const parts = {
      skin: {},
      thin: contourLines(skin, this.values, isAlone ? [top / 2] : scale.contours_gy),
      thick: contourLines(skin, this.values, isAlone ? [] : scale.levels_gy),
      labels,
      ...this.beamParts(),
    };
    const names = Object.keys(parts);
    // What is undefined stays as it is.
    const pick = (key) => names.map((name) => parts[name][key]);
    const only = (name, value) => names.map((other) => (other === name ? value : undefined));
    // Few quanta are noise of their rounding.
    const least = isAlone ? 4 * this.data.steps.quantum_gy : skin.least_gy;
    const colours = colourScale({ ...scale, top_gy: top }, least);
    const changes = { intensity: only("skin", this.values), cmax: only("skin", top), colorscale: only("skin", colours) };
    for (const key of ["x", "y", "z", "text"]) changes[key] = pick(key);
    changes["textfont.color"] = only("labels", labels.colour);
    await Plotly.restyle(this.view, changes, names.map((name) => TRACE[name]));
    page("scale").hidden = isAlone;
    page("scale-alone").hidden = !isAlone;
    page("scale-alone").textContent = `Colours of this step alone: the dark end is ${gy(top)}, the thin line half of it.`;
    this.view.dataset.step = this.step;
  }

  /* Where the doses of lines are written, as the camera stands. */
  labels() {
    const { data, ranges } = this;
    const named = this.alone && this.step < this.last ? [] : data.scale.named;
    const { camera } = this.view.layout.scene;
    const size = { width: this.view.clientWidth, height: this.view.clientHeight };
    return contourLabels(data, this.values, { scale: data.scale, named, camera, ranges, size });
  }

  /* Writes them anew when the camera or the page has moved. */
  relabel() {
    const { colour, ...labels } = this.labels();
    const changes = { "textfont.color": [colour] };
    for (const key in labels) changes[key] = [labels[key]];
    return Plotly.restyle(this.view, changes, [TRACE.labels]);
  }

  /* Tube, beam, field and table of the step; nothing for the whole procedure. */
  beamParts() {
    const { skin, steps } = this.data;
    if (!steps || this.step === this.last) return { table: NOTHING, beam: NOTHING, field: NOTHING, tube: NOTHING };
    const beams = beamsOf(steps, this.step);
    const field = { x: [], y: [], z: [] };
    for (const beam of beams) {
      const inside = insideField(skin, beam);
      const lines = contourLines(skin, inside, [0], { isDrawn: (at) => facesSource(skin, beam, at) });
      for (const axis of ["x", "y", "z"]) for (const value of lines[axis]) field[axis].push(value);
    }
    const source = (k) => beams.map((beam) => beam.source[k]);
    return {
      table: tableEdges(steps.tables[beams[0].position]),
      beam: beamLines(beams, depthOf(steps, this.step)),
      field,
      tube: { x: source(0), y: source(1), z: source(2) },
    };
  }

  /* What is under the pointer, beside it and below the drawing. */
  point(event) {
    const [found] = event.points;
    if (found.curveNumber >= TRACE.table) return;
    // Lines and the mark of the peak lie on the skin.
    this.vertex = found.curveNumber <= TRACE.skin ? found.pointNumber : this.nearest(found);
    const tip = page("tip");
    const lines = [this.doseWords(), this.site(), this.largest()].filter((line) => line);
    tip.replaceChildren(...lines.map((line) => Object.assign(document.createElement("div"), { textContent: line })));
    const frame = this.view.getBoundingClientRect();
    const at = this.pointer;
    tip.style.left = `${Math.min(at.clientX - frame.left + 16, frame.width - 215)}px`;
    tip.style.top = `${Math.max(at.clientY - frame.top - 120, 4)}px`;
    tip.hidden = false;
    this.tell();
  }

  /* The exposed vertex nearest to a point. */
  nearest({ x, y, z }) {
    const { positions, count, exposed } = this.data.skin;
    let best = 0;
    let least = Infinity;
    for (let v = 0; v < exposed; v++) {
      const off = Math.hypot(positions[v] - x, positions[count + v] - y, positions[2 * count + v] - z);
      if (off < least) [best, least] = [v, off];
    }
    return best;
  }

  site() {
    return this.data.skin.sites[this.data.skin.site[this.vertex]];
  }

  doseWords() {
    const { skin } = this.data;
    const total = skin.dose_gy[this.vertex];
    if (this.step === this.last && !this.alone) return gy(total);
    if (this.vertex >= skin.exposed) return `${gy(total)} in all`;
    const { quantum_gy: quantum } = this.data.steps;
    const value = this.values[this.vertex];
    const now = value > 0 ? gy(value) : `less than ${gy(quantum, 2)}`;
    return this.alone && this.step < this.last ? `${now} from this step, ${gy(total)} in all` : `${now} of ${gy(total)}`;
  }

  tell() {
    const { peak } = this.data;
    const parts = [this.doseWords(), this.site()];
    if (this.vertex === peak.vertex) parts.push(`the peak of ${peak.text} lies in this patch`);
    const events = this.largest();
    if (events) parts.push(`most from ${events}`);
    page("here").textContent = parts.join("; ");
  }

  /* The steps that give a vertex most. */
  largest() {
    const { skin, steps } = this.data;
    if (!steps || this.vertex >= skin.exposed) return "";
    const found = [];
    for (let step = 0; step < this.last; step++) {
      const at = placeOf(steps.vertices, this.vertex, this.firstChange[step], this.firstChange[step + 1]);
      if (at >= 0) found.push([steps.quanta[at] * steps.quantum_gy, step]);
    }
    found.sort((a, b) => b[0] - a[0]);
    const total = skin.dose_gy[this.vertex];
    return found
      .slice(0, LARGEST)
      .map(([dose, step]) => `${steps.words[step].name}: ${gy(dose)} (${percent(dose / total)})`)
      .join(", ");
  }

  followSlider() {
    const slider = page("step");
    const set = (step) => {
      this.step = Math.max(0, Math.min(this.last, step));
      slider.value = this.step;
      this.tellStep(slider);
      this.later();
    };
    slider.addEventListener("input", () => set(Number(slider.value)));
    page("back-one").addEventListener("click", () => set(this.step - 1));
    page("on-one").addEventListener("click", () => set(this.step + 1));
    for (const box of document.getElementsByName("shown")) {
      box.addEventListener("change", () => {
        this.alone = box.value === "one";
        this.later();
      });
    }
    this.followPlay(set);
    this.tellStep(slider);
  }

  followPlay(set) {
    const button = page("play");
    let timer = null;
    const stop = () => {
      clearInterval(timer);
      timer = null;
      button.textContent = "play";
      button.setAttribute("aria-pressed", "false");
    };
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && timer !== null) stop();
    });
    button.addEventListener("click", () => {
      if (timer !== null) return stop();
      if (this.step === this.last) set(0);
      button.textContent = "stop";
      button.setAttribute("aria-pressed", "true");
      timer = setInterval(() => {
        if (this.step === this.last) return stop();
        if (!this.busy) set(this.step + 1);
      }, 250);
    });
  }

  tellStep(slider) {
    const { words } = this.data.steps;
    const isWhole = this.step === this.last;
    const word = words[Math.min(this.step, this.last - 1)];
    const name = isWhole ? "the whole procedure" : `${word.name} (${this.step + 1} of ${this.last})`;
    page("step-name").textContent = name;
    page("step-words").textContent = isWhole
      ? `At the peak: ${this.data.peak.text}. Move the slider to see each beam.`
      : `${word.of}. At the peak: ${word.at_peak} from it, ${word.so_far} of ${this.data.peak.text} so far.`;
    slider.setAttribute("aria-valuetext", `${name}; at the peak ${isWhole ? this.data.peak.text : word.so_far}`);
  }

  /* Draws the newest step when the one before is drawn, not all between. */
  async later() {
    if (this.busy) {
      this.isStale = true;
      return;
    }
    this.busy = true;
    do {
      this.isStale = false;
      await new Promise(requestAnimationFrame);
      await this.show();
      this.tell();
    } while (this.isStale);
    this.busy = false;
  }

  followButtons() {
    for (const button of document.querySelectorAll("[data-view]")) {
      button.addEventListener("click", () => {
        this.look(cameraOf(this.data, this.ranges, button.dataset.view));
        if (button.dataset.view === "peak") {
          this.vertex = this.data.peak.vertex;
          this.tell();
        }
      });
    }
  }

  followKeys() {
    const ways = {
      ArrowLeft: { across: -12 },
      ArrowRight: { across: 12 },
      ArrowUp: { upwards: 10 },
      ArrowDown: { upwards: -10 },
      "+": { nearer: 0.85 },
      "-": { nearer: 1.18 },
    };
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") page("tip").hidden = true;
    });
    this.view.tabIndex = 0;
    for (const name of ["pointermove", "pointerdown"]) {
      this.view.addEventListener(name, (event) => (this.pointer = event), { capture: true });
    }
    this.view.addEventListener("keydown", (event) => {
      if (!(event.key in ways)) return;
      event.preventDefault();
      this.look(turned(this.view.layout.scene.camera, ways[event.key]));
    });
    // The wheel scrolls the page until the drawing was clicked.
    this.view.addEventListener("pointerdown", () => this.view.focus({ preventScroll: true }));
    this.view.addEventListener(
      "wheel",
      (event) => {
        if (document.activeElement !== this.view) event.stopImmediatePropagation();
      },
      { capture: true },
    );
  }

  look(camera) {
    return Plotly.relayout(this.view, { "scene.camera": camera });
  }
}

start();
