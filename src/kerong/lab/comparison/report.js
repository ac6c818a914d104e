const COLOURS = { before: "#a9b7c4", after: "#24486a", more: "#17806a", less: "#c05a45", met: "#17806a", unknown: "#d3a04a", failed: "#9aa3ab", error: "#a83a28", no_rule: "#d5d9dd" };

Object.assign(DRAW, {
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
});
