"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);

// The same scales as in the tables.
function words(value, unit) {
  const size = Math.abs(value);
  const scaled = (steps) => { for (const [least, name] of steps) if (size >= least) return +(value / least).toPrecision(3) + " " + name; return +value.toPrecision(3) + " "; };
  if (unit === "bytes") return scaled([[1e12, "TB"], [1e9, "GB"], [1e6, "MB"], [1e3, "kB"], [1, "B"]]);
  if (unit === "seconds") return value === 0 ? "0 s" : size >= 7200 ? +(value / 3600).toPrecision(3) + " h" : scaled([[1, "s"], [1e-3, "ms"], [1e-6, "µs"]]);
  if (unit === "share") return value.toFixed(3);
  return String(+value.toPrecision(4));
}

// Told apart by lightness as well as by hue.
const colors = { light: ["#0b6e6e", "#d1671c", "#5a4fcf", "#8a8d2b", "#b0316f", "#35618f"], dark: ["#5cc9c0", "#f3a45f", "#a79dff", "#cdd06a", "#ee83b5", "#8db9e6"] };
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const isStill = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const drawn = new Map();

function options(chart) {
  const ink = getComputedStyle(document.documentElement);
  const [text, soft, line] = ["--ink", "--soft", "--line"].map((name) => ink.getPropertyValue(name).trim());
  const isLines = chart.kind === "lines";
  const axis = (of) => ({
    type: of.isLogarithmic ? "log" : "value", name: of.name, nameLocation: "middle", nameGap: 34, scale: isLines, nameTextStyle: { color: soft },
    axisLabel: { color: soft, hideOverlap: true, formatter: (value) => words(value, of.unit) }, splitLine: { lineStyle: { color: line } },
  });
  // Names of bars are long: they stand to the left of them.
  const names = { type: "category", data: chart.categories, inverse: true, axisLabel: { color: soft, width: window.innerWidth < 640 ? 110 : 300, overflow: "truncate" } };
  const series = chart.series.map((one, i) => ({
    name: one.name, type: isLines ? "line" : "bar", stack: chart.kind === "stack" ? "all" : undefined, data: isLines ? one.points : one.values, barMaxWidth: 26,
    symbolSize: 7, symbol: ["circle", "rect", "triangle", "diamond"][i % 4], lineStyle: { type: ["solid", "dashed", "dotted"][i % 3] },
    markLine: i === 0 && chart.marks.length ? { silent: true, symbol: "none", label: { color: text, formatter: (mark) => mark.name }, lineStyle: { color: soft }, data: chart.marks.map((mark) => ({ xAxis: mark.x, name: mark.name })) } : undefined,
  }));
  return {
    color: dark.matches ? colors.dark : colors.light, animation: !isStill, textStyle: { color: text }, legend: { show: series.length > 1, textStyle: { color: text }, top: 0, type: "scroll" },
    grid: { left: 12, right: 24, top: series.length > 1 ? 40 : 16, bottom: 40, containLabel: true },
    tooltip: { trigger: isLines ? "item" : "axis", confine: true, valueFormatter: isLines ? undefined : (value) => (value == null ? "–" : words(value, chart.y.unit)),
      formatter: isLines ? (point) => `${point.seriesName}: ${words(point.value[1], chart.y.unit)} at ${words(point.value[0], chart.x.unit)}` : undefined },
    xAxis: isLines ? axis(chart.x) : axis(chart.y), yAxis: isLines ? axis(chart.y) : names, series,
  };
}

function draw() {
  if (!window.echarts) return;
  for (const place of document.querySelectorAll("[data-chart]")) {
    const chart = data.charts[place.dataset.chart];
    if (chart.categories.length) place.style.height = Math.max(12, 5 + chart.categories.length * (chart.kind === "stack" ? 2 : 0.8 + 1.2 * Math.sqrt(chart.series.length))) + "rem";
    drawn.get(place)?.dispose();
    const drawing = window.echarts.init(place, null, { renderer: "svg" });
    drawing.setOption(options(chart));
    drawn.set(place, drawing);
  }
}

// What if: between two planned populations bytes and computation lie on a line.
function at(points, population) {
  const after = points.findIndex((point) => point.population >= population);
  if (after <= 0) return points[after < 0 ? points.length - 1 : 0];
  const [low, high] = [points[after - 1], points[after]];
  const share = (population - low.population) / (high.population - low.population);
  const between = (key) => low[key] + share * (high[key] - low[key]);
  return { rounds: between("rounds"), bytes: between("bytes"), computeSeconds: between("computeSeconds") };
}

function whatIf() {
  const scenario = data.whatIf.scenarios[byId("what").value];
  const [first, last] = [scenario.points[0], scenario.points[scenario.points.length - 1]];
  const population = Math.min(Math.max(+byId("population").value, first.population), last.population);
  for (const id of ["population", "population-slider"]) byId(id).disabled = first === last;
  if (population !== +byId("population").value) set("population", population);
  const cost = at(scenario.points, population);
  const latency = cost.rounds * +byId("latency").value / 1e3;
  const bandwidth = 8 * cost.bytes / (+byId("bandwidth").value * 1e6);
  const seconds = latency + bandwidth + cost.computeSeconds;
  const shown = byId("what-seconds");
  shown.dataset.seconds = seconds;
  shown.textContent = `${words(seconds, "seconds")}: ${words(cost.computeSeconds, "seconds")} of computation, ${words(latency, "seconds")} of latency in ${Math.round(cost.rounds)} rounds, ` +
    `${words(bandwidth, "seconds")} for ${words(cost.bytes, "bytes")} that each party sends.`;
}

function set(name, value) {
  byId(name).value = value;
  byId(name + "-slider").value = Math.log(value);
}

function setNetwork(network) {
  set("latency", network.latencySeconds * 1e3);
  set("bandwidth", network.bitsPerSecond / 1e6);
  whatIf();
}

for (const name of ["latency", "bandwidth", "population"]) {
  const box = byId(name);
  box.addEventListener("change", () => { set(name, Math.min(Math.max(+box.value || +box.min, +box.min), +box.max)); whatIf(); });
  byId(name + "-slider").addEventListener("input", (event) => { const value = Math.exp(event.target.value); box.value = name === "population" ? Math.round(value) : +value.toPrecision(3); whatIf(); });
}
byId("what").addEventListener("change", () => { set("population", data.whatIf.scenarios[byId("what").value].points[0].population); whatIf(); });
for (const button of document.querySelectorAll("[data-network]")) button.addEventListener("click", () => setNetwork(data.whatIf.networks.find((network) => network.name === button.dataset.network)));
set("population", data.whatIf.scenarios[0].points[0].population);
setNetwork(data.whatIf.networks[0]);

// The timeline.
function strips() {
  if (!data.strips) return;
  const [from, to] = [+byId("strip-from").value, +byId("strip-to").value];
  const busy = getComputedStyle(document.documentElement).getPropertyValue("--busy");
  byId("strips").replaceChildren(...data.strips.tracks.map((track) => {
    const [row, name, canvas] = [document.createElement("div"), document.createElement("span"), document.createElement("canvas")];
    const first = Math.floor(track.busy.length * Math.min(from, to - 1) / 100), last = Math.ceil(track.busy.length * Math.max(to, from + 1) / 100);
    const part = track.busy.slice(first, last);
    row.className = "strip";
    name.textContent = track.name;
    canvas.width = part.length;
    canvas.height = 1;
    canvas.setAttribute("role", "img");
    const share = [...part].reduce((sum, slice) => sum + +slice, 0) / (9 * part.length);
    canvas.setAttribute("aria-label", `${track.name}: busy for ${(100 * share).toFixed(1)} percent of ${words(data.strips.seconds * part.length / track.busy.length, "seconds")}`);
    const pen = canvas.getContext("2d");
    [...part].forEach((slice, i) => { if (slice !== "0") { pen.fillStyle = `rgba(${busy}, ${0.15 + 0.85 * slice / 9})`; pen.fillRect(i, 0, 1, 1); } });
    row.append(name, canvas);
    return row;
  }));
}
for (const id of ["strip-from", "strip-to"]) byId(id)?.addEventListener("change", strips);

// Tables as CSV, with the numbers as they are in run.json.
function csv(table) {
  const cell = (of) => { const text = of.dataset.value ?? of.textContent; return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text; };
  return [...table.rows].map((row) => [...row.cells].map(cell).join(",")).join("\n") + "\n";
}
for (const button of document.querySelectorAll(".csv")) button.addEventListener("click", () => {
  const link = document.createElement("a");
  link.download = button.dataset.table + ".csv";
  link.href = URL.createObjectURL(new Blob([csv(byId(button.dataset.table))], { type: "text/csv" }));
  link.click();
  URL.revokeObjectURL(link.href);
});

function all() { draw(); strips(); }
dark.addEventListener("change", all);
window.addEventListener("resize", () => { for (const drawing of drawn.values()) drawing.resize(); });
all();
