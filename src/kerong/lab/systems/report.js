const REACH = { certain: "#17806a", possible: "#d3a04a", nothing: "#c9cfd4" };
const SERIES = ["#24486a", "#17806a", "#d3a04a", "#c05a45", "#b9c0c6", "#7a5c99"];

function stacked(titles, series, format) {
  const option = axes(titles.map((title) => title[lang()]), format ? { formatter: format } : {});
  option.legend.type = "scroll";
  option.series = series.map((line, place) => bars(line.name[lang()], line.values, SERIES[place % SERIES.length], { stack: "all", barMaxWidth: 22 }));
  option.tooltip.valueFormatter = format ?? ((value) => value.toLocaleString());
  return option;
}

Object.assign(DRAW, {
  reach(data) {
    const option = axes(data.map((line) => line.title[lang()]), { formatter: (value) => value.toLocaleString() });
    option.xAxis.max = "dataMax";
    option.series = Object.entries(REACH).map(([name, colour]) => bars(words()[name], data.map((line) => line[name]), colour, { stack: "firms", barMaxWidth: 22 }));
    return option;
  },
  instruments(data) {
    return stacked(data.titles, data.series, short);
  },
  mechanisms(data) {
    return stacked(data.titles, data.series);
  },
});
