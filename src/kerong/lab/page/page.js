"use strict";
const found = JSON.parse(document.getElementById("figures").textContent);
const SOFT = "#55677a";
let charts = [];

const lang = () => document.documentElement.lang;
const words = () => found.words[lang()];
const narrow = () => document.documentElement.clientWidth < 760;

function short(value) {
  const [size, name] = words().steps.find(([least]) => Math.abs(value) >= least) ?? [1, ""];
  const number = (value / size).toLocaleString(undefined, { maximumFractionDigits: 2 });
  return value === 0 ? "0" : `${number} ${name}`.trim();
}

function axes(names, percent) {
  return {
    grid: { left: 8, right: 24, top: 36, bottom: 8, outerBoundsMode: "same" },
    legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 12, textStyle: { color: SOFT } },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, renderMode: "richText", confine: true },
    xAxis: { type: "value", splitLine: { lineStyle: { color: "#efede7" } }, axisLabel: { color: SOFT, hideOverlap: true, ...percent } },
    yAxis: { type: "category", inverse: true, data: names, axisTick: { show: false }, axisLine: { lineStyle: { color: "#c9c5ba" } }, axisLabel: { color: "#1d2a36", width: narrow() ? 110 : 190, overflow: "break" } },
  };
}

function bars(name, values, colour, more) {
  return { type: "bar", name, data: values, itemStyle: { color: colour, borderRadius: 2 }, barMaxWidth: 16, ...more };
}

const DRAW = {}; // how each chart is drawn, by its name

function draw() {
  charts.forEach((chart) => chart.dispose());
  charts = [];
  if (typeof echarts === "undefined") return;
  for (const element of document.querySelectorAll("[data-chart]")) {
    const chart = echarts.init(element, null, { renderer: "svg" });
    chart.setOption({ animation: false, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily }, aria: { enabled: true }, ...DRAW[element.dataset.chart](found.charts[element.dataset.chart]) });
    charts.push(chart);
  }
}

function speak(chosen) {
  document.documentElement.lang = chosen;
  document.title = found.titles[chosen];
  for (const button of document.querySelectorAll("[data-lang]")) button.setAttribute("aria-pressed", String(button.dataset.lang === chosen));
  draw();
}

for (const button of document.querySelectorAll("[data-lang]")) button.addEventListener("click", () => speak(button.dataset.lang));
let wait = 0;
addEventListener("resize", () => { clearTimeout(wait); wait = setTimeout(draw, 120); });
addEventListener("beforeprint", () => charts.forEach((chart) => chart.resize()));
addEventListener("DOMContentLoaded", () => speak(lang())); // after the report has said how to draw
