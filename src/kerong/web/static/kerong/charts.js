// Charts from data in the page (json_script): the distribution of points and the radar of one enterprise.
"use strict";

const INK = "#14304a";
const JADE = "#17806a";
const SOFT = "#55677a";
const FONT = getComputedStyle(document.body).fontFamily;

function read(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

function drawn(element, option) {
  const chart = echarts.init(element, null, { renderer: "canvas" });
  const whole = { animation: false, textStyle: { fontFamily: FONT }, aria: { enabled: true }, ...option };
  const isGraph = whole.series[0].type === "graph";
  const fit = () => {
    if (isGraph) {
      chart.clear(); // a force layout that is resized may find nodes without a place
    }
    chart.resize();
    if (isGraph) {
      chart.setOption(whole);
    }
  };
  chart.setOption(whole);
  new ResizeObserver(() => {
    if (chart.getWidth() !== element.clientWidth || chart.getHeight() !== element.clientHeight) {
      fit();
    }
  }).observe(element);
  window.addEventListener("beforeprint", fit);
}

function distribution(element) {
  const data = read(element.dataset.chart);
  drawn(element, {
    grid: { left: 8, right: 8, top: 20, bottom: 24, outerBoundsMode: "same" },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      axisPointer: { type: "shadow" },
      formatter: ([bar]) => `${data.ranges[bar.dataIndex]}\n${data.shown[bar.dataIndex]} ${data.unit}`,
    },
    xAxis: {
      type: "category",
      data: data.from,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: "#c9c5ba" } },
      axisLabel: { color: SOFT, interval: 3 },
    },
    yAxis: { type: "value", splitLine: { lineStyle: { color: "#efede7" } }, axisLabel: { color: SOFT } },
    series: [{ type: "bar", data: data.counts, barCategoryGap: "12%", itemStyle: { color: "#3f6f96", borderRadius: [2, 2, 0, 0] } }],
  });
}

function radar(element) {
  const data = read(element.dataset.chart);
  const words = JSON.parse(element.dataset.words);
  const line = (name, value, color, style) => ({ name, value, symbolSize: 4, itemStyle: { color }, lineStyle: { color, width: 2, ...style } });
  const series = [line(words.proven, data.proven, JADE, {})];
  series[0].areaStyle = { color: JADE, opacity: 0.18 };
  series.push(line(words.reachable, data.reachable, "#7fbfae", { type: "dashed", width: 1.5 }));
  if (data.typical.every((value) => value !== null)) {
    series.push(line(words.typical, data.typical, "#b58a3c", { width: 1.5 }));
  }
  drawn(element, {
    legend: { bottom: 0, icon: "roundRect", itemWidth: 14, itemHeight: 4, textStyle: { color: SOFT } },
    tooltip: { trigger: "item", renderMode: "richText", confine: true },
    radar: {
      indicator: data.names.map((name) => ({ name, max: 100 })),
      radius: element.clientWidth < 420 ? "52%" : "62%",
      center: ["50%", "46%"],
      splitNumber: 4,
      axisName: { color: INK, fontSize: 13 },
      splitArea: { show: false },
      splitLine: { lineStyle: { color: "#dedbd1" } },
      axisLine: { lineStyle: { color: "#dedbd1" } },
    },
    series: [{ type: "radar", data: series }],
  });
}

function trend(element) {
  const data = read(element.dataset.chart);
  const words = JSON.parse(element.dataset.words);
  const open = data.high.map((high, place) => high - data.points[place]);
  drawn(element, {
    grid: { left: 8, right: 16, top: 32, bottom: 8, outerBoundsMode: "same" },
    legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 12, textStyle: { color: SOFT } },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      formatter: ([{ dataIndex: place }]) => `${data.days[place]}\n${data.points[place]}–${data.high[place]}`,
    },
    xAxis: { type: "category", boundaryGap: false, data: data.days.map((day) => day.slice(0, 7)), axisTick: { show: false }, axisLine: { lineStyle: { color: "#c9c5ba" } }, axisLabel: { color: SOFT, hideOverlap: true } },
    yAxis: { type: "value", min: 0, splitLine: { lineStyle: { color: "#efede7" } }, axisLabel: { color: SOFT } },
    series: [
      { type: "line", stack: "all", name: words.proven, data: data.points, symbolSize: 5, itemStyle: { color: JADE }, lineStyle: { width: 2 } },
      { type: "line", stack: "all", name: words["trend.high"], data: open, symbol: "none", itemStyle: { color: "#b7d9cd" }, lineStyle: { width: 0 }, areaStyle: { color: "#b7d9cd", opacity: 0.7 } },
    ],
  });
}

function stacked(element) {
  const data = read(element.dataset.chart);
  const colours = [INK, JADE, "#dfa94a", "#a83a28", "#7fa9c9"];
  const short = (value) => value.toLocaleString(document.documentElement.lang, { notation: "compact", maximumFractionDigits: 1 });
  drawn(element, {
    grid: { left: 8, right: 24, top: 32, bottom: 8, outerBoundsMode: "same" },
    legend: { type: "scroll", top: 0, left: 0, itemWidth: 12, itemHeight: 12, textStyle: { color: SOFT } },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, renderMode: "richText", confine: true, valueFormatter: short },
    xAxis: { type: "value", splitNumber: 3, splitLine: { lineStyle: { color: "#efede7" } }, axisLabel: { color: SOFT, formatter: short, hideOverlap: true } },
    yAxis: { type: "category", inverse: true, data: data.names, axisTick: { show: false }, axisLine: { lineStyle: { color: "#c9c5ba" } }, axisLabel: { color: INK } },
    series: data.series.map((line, place) => ({ type: "bar", stack: "all", barMaxWidth: 22, name: line.name, data: line.values, itemStyle: { color: colours[place % colours.length] } })),
  });
}

function deliveries(element) {
  const data = read(element.dataset.chart);
  const words = JSON.parse(element.dataset.words);
  const colours = { in_time: JADE, came: "#6fb49f", late: "#dfa94a", missing: "#a83a28", held: "#24486a", corrected: "#7fa9c9" };
  const rows = data.rows.map((value, place) => ({ value, itemStyle: { color: colours[data.marks[place]] } }));
  drawn(element, {
    grid: { left: 8, right: 8, top: 32, bottom: 8, outerBoundsMode: "same" },
    legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 12, textStyle: { color: SOFT } },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, renderMode: "richText", confine: true },
    xAxis: { type: "category", data: data.names, axisTick: { show: false }, axisLine: { lineStyle: { color: "#c9c5ba" } }, axisLabel: { color: SOFT, hideOverlap: true } },
    yAxis: [
      { type: "value", splitLine: { lineStyle: { color: "#efede7" } }, axisLabel: { color: SOFT } },
      { type: "value", min: 0, max: (told) => Math.max(10, Math.ceil(told.max / 10) * 10), splitLine: { show: false }, axisLabel: { color: SOFT, formatter: "{value}%" } },
    ],
    series: [
      { type: "bar", name: words.rows, data: rows, barMaxWidth: 28, itemStyle: { color: JADE } },
      { type: "line", name: words.aside, data: data.aside, yAxisIndex: 1, symbolSize: 5, itemStyle: { color: "#a83a28" }, lineStyle: { width: 1.5 } },
    ],
  });
}

function network(element) {
  const data = read(element.dataset.chart);
  const colours = { enterprise: "#3f6f96", person: "#b58a3c", fund: JADE, state: "#7a5c99", foreign: "#7fa9c9" };
  const colour = (kind) => colours[kind.key] ?? SOFT;
  const nodes = data.nodes.map((node, place) => ({
    id: String(place),
    name: node.name,
    category: node.kind,
    symbol: data.kinds[node.kind].shape,
    symbolSize: node.first ? 34 : 20,
    itemStyle: { color: colour(data.kinds[node.kind]), borderColor: node.trouble ? "#a83a28" : node.first ? INK : "#fff", borderWidth: node.trouble ? 4 : node.first ? 3 : 1 },
    label: { show: node.first || data.nodes.length <= 25, position: "bottom", color: INK, width: 130, overflow: "truncate" },
    trouble: node.trouble,
  }));
  const links = data.links.map((link) => ({
    source: String(link.from),
    target: String(link.to),
    label: { show: data.links.length <= 25 && link.label !== "", formatter: link.label, color: SOFT, fontSize: 11 },
    lineStyle: { type: link.sure ? "solid" : "dashed" },
    told: link.label,
  }));
  drawn(element, {
    legend: { top: 0, left: 0, data: data.kinds.map((kind) => kind.name), textStyle: { color: SOFT } },
    tooltip: {
      renderMode: "richText",
      confine: true,
      formatter: ({ dataType, data: one, name }) => (dataType === "edge" ? one.told : one.trouble ? `${name}\n${data.trouble}` : name),
    },
    series: [{
      type: "graph",
      layout: "force",
      roam: "move",
      top: 40,
      data: nodes,
      links,
      categories: data.kinds.map((kind) => ({ name: kind.name, symbol: kind.shape, itemStyle: { color: colour(kind) } })),
      edgeSymbol: ["none", "arrow"],
      edgeSymbolSize: 8,
      lineStyle: { color: "#b5b0a3", curveness: 0.08 },
      force: data.nodes.length > 25 ? { repulsion: 70, edgeLength: [25, 60], gravity: 0.2, layoutAnimation: false } : { repulsion: 260, edgeLength: [70, 130], gravity: 0.12, layoutAnimation: false },
    }],
  });
}

function heat(element) {
  const data = read(element.dataset.chart);
  const words = JSON.parse(element.dataset.words);
  const most = Math.max(10, ...data.values.map(([, , share]) => share));
  drawn(element, {
    grid: { left: 8, right: 8, top: 8, bottom: 56, outerBoundsMode: "same" },
    tooltip: {
      renderMode: "richText",
      confine: true,
      formatter: ({ value: [x, y, share], seriesIndex }) => {
        const place = `${data.rows[y]} · ${data.columns[x]}`;
        return seriesIndex ? `${place}\n${words.hidden}` : `${place}\n${share}% (${data.shown[`${x}-${y}`].join(" / ")})`;
      },
    },
    visualMap: { min: 0, max: most, calculable: false, orient: "horizontal", left: "center", bottom: 0, seriesIndex: 0, text: [`${Math.ceil(most)}%`, "0%"], itemHeight: 160, itemWidth: 12, textStyle: { color: SOFT }, inRange: { color: ["#f3f1ea", "#f0cf8e", "#dd8a5a", "#a83a28"] } },
    xAxis: { type: "category", data: data.columns, axisTick: { show: false }, axisLine: { show: false }, axisLabel: { color: SOFT, interval: 0, width: element.clientWidth < 600 ? 90 : 84, overflow: element.clientWidth < 600 ? "truncate" : "break", rotate: element.clientWidth < 600 ? 60 : 0 } },
    yAxis: { type: "category", inverse: true, data: data.rows, axisTick: { show: false }, axisLine: { show: false }, axisLabel: { color: INK } },
    series: [
      { type: "heatmap", data: data.values, label: { show: element.clientWidth >= 600, formatter: ({ value }) => `${Math.round(value[2])}%` }, itemStyle: { borderColor: "#fff", borderWidth: 2 } },
      { type: "heatmap", data: data.hidden, label: { show: true, formatter: "·", color: SOFT }, itemStyle: { color: "#dcdad3", borderColor: "#fff", borderWidth: 2 } },
    ],
  });
}

for (const element of document.querySelectorAll("[data-draw]")) {
  ({ distribution, radar, trend, stacked, deliveries, network, heat })[element.dataset.draw](element);
}
