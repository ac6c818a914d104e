"use strict";
const found = JSON.parse(document.getElementById("figures").textContent);
const COLOURS = { before: "#a9b7c4", after: "#24486a", more: "#17806a", less: "#c05a45", met: "#17806a", unknown: "#d3a04a", failed: "#9aa3ab", error: "#a83a28", no_rule: "#d5d9dd" };
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

const DRAW = {
  money(data) {
    const option = axes(data.rules.map((rule) => rule.title[lang()]), {});
    option.series = ["before", "after"].map((when) => bars(words()[when], data.rules.map((rule) => rule[when]), COLOURS[when]));
    option.xAxis.axisLabel.formatter = short;
    option.tooltip.valueFormatter = short;
    return option;
  },
  district(data) {
    const option = axes(data.map((line) => line.title[lang()]), { formatter: (value) => Math.abs(value).toLocaleString() });
    option.tooltip.formatter = (parts) => [parts[0].name, ...parts.map((part) => `${part.seriesName} ${Math.abs(part.value).toLocaleString()}`)].join("\n");
    option.series = [
      bars(words().less, data.map((line) => -line.less), COLOURS.less, { stack: "firms" }),
      bars(words().more, data.map((line) => line.more), COLOURS.more, { stack: "firms" }),
    ];
    return option;
  },
  distribution(data) {
    const option = axes([], {});
    option.legend.show = false;
    option.grid.top = 12;
    option.yAxis = { type: "value", splitLine: { lineStyle: { color: "#efede7" } }, axisLabel: { color: SOFT }, minInterval: 1 };
    option.xAxis = { type: "category", data: data.map((line) => line.label[lang()]), axisTick: { show: false }, axisLine: { lineStyle: { color: "#c9c5ba" } }, axisLabel: { color: SOFT, interval: 0, rotate: narrow() ? 60 : 35 } };
    option.series = [bars(words().firms, data.map((line) => ({ value: line.firms, itemStyle: { color: line.sign < 0 ? COLOURS.less : line.sign > 0 ? COLOURS.more : COLOURS.failed } })), COLOURS.after, { barMaxWidth: 40, label: { show: true, position: "top", color: SOFT, formatter: (bar) => (bar.value ? bar.value.toLocaleString() : "") } })];
    return option;
  },
  outcomes(data) {
    const node = (when, outcome) => `${words()[when]}: ${words()[outcome]}`;
    const nodes = new Map();
    for (const line of data) {
      nodes.set(node("before", line.from), line.from);
      nodes.set(node("after", line.to), line.to);
    }
    return {
      tooltip: { trigger: "item", renderMode: "richText", confine: true },
      series: [{
        type: "sankey", left: 4, right: narrow() ? 96 : 150, top: 8, bottom: 8, draggable: false, nodeGap: 14, emphasis: { focus: "adjacency" },
        data: [...nodes].map(([name, outcome]) => ({ name, itemStyle: { color: COLOURS[outcome] } })),
        links: data.map((line) => ({ source: node("before", line.from), target: node("after", line.to), value: line.firms })),
        lineStyle: { color: "source", opacity: 0.35, curveness: 0.5 }, label: { color: "#1d2a36", fontSize: narrow() ? 11 : 13 },
      }],
    };
  },
};

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
speak(lang());
