/* Charts from plain data: the server says what is counted, this file says how it is drawn. */
(function () {
  "use strict";
  var COLOURS = { primary: "#1559b7", info: "#22a7b5", success: "#2e9e52", warning: "#e08a1e", danger: "#d63939", plain: "#8a919b", violet: "#7048e8" };
  var ORDER = ["primary", "info", "warning", "violet", "success", "plain"];
  var charts = [];

  function colour(series, index) { return COLOURS[series.tone] || COLOURS[ORDER[index % ORDER.length]]; }

  function marked(chart) {
    if (!chart.marks || !chart.marks.length) return undefined;
    return {
      silent: true,
      data: chart.marks.map(function (mark) {
        var tint = COLOURS[mark.tone] || COLOURS.danger;
        return [
          { xAxis: mark.start, name: mark.label, itemStyle: { color: tint, opacity: 0.09 }, label: { color: "#5a616b", position: "insideTop", fontSize: scale(12) } },
          { xAxis: mark.end }
        ];
      })
    };
  }

  function scale(size) { return Math.round(size * parseFloat(getComputedStyle(document.documentElement).fontSize) / 16); }

  function drawn(chart, series, index) {
    var line = chart.kind === "line";
    return {
      name: series.name,
      type: line ? "line" : "bar",
      stack: chart.kind === "stacked" ? "all" : undefined,
      data: series.values,
      barMaxWidth: chart.kind === "histogram" ? undefined : 34,
      barCategoryGap: chart.kind === "histogram" ? "4%" : undefined,
      symbolSize: 7,
      symbol: ["circle", "rect", "triangle", "diamond"][index % 4],
      itemStyle: { color: colour(series, index) },
      lineStyle: line ? { width: 2.5, type: ["solid", "dashed", "dotted"][index % 3] } : undefined,
      markArea: index === 0 ? marked(chart) : undefined
    };
  }

  function option(chart, font) {
    var text = { color: "#5a616b", fontFamily: font, fontSize: scale(12) };
    var many = chart.series.length > 1;
    return {
      animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
      animationDuration: 350,
      textStyle: { fontFamily: font },
      aria: { enabled: chart.series.length > 2, label: { enabled: false }, decal: { show: chart.kind !== "line" } },
      tooltip: { trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: chart.kind === "line" ? "line" : "shadow" } },
      legend: many ? { top: 0, right: 0, textStyle: text } : undefined,
      grid: { left: 4, right: 12, top: many || chart.y_name ? 40 : 16, bottom: chart.x_name ? 26 : 4, containLabel: true },
      xAxis: { type: "category", data: chart.categories, name: chart.x_name, nameLocation: "middle", nameGap: 28, nameTextStyle: text,
        axisLabel: Object.assign({ hideOverlap: true }, text), axisTick: { show: false }, axisLine: { lineStyle: { color: "#8a919b" } } },
      yAxis: { type: "value", name: chart.y_name, nameTextStyle: Object.assign({ align: "left" }, text), axisLabel: text, minInterval: chart.whole ? 1 : 0, splitLine: { lineStyle: { color: "#e3e5e9" } } },
      series: chart.series.map(function (series, index) { return drawn(chart, series, index); })
    };
  }

  function draw(canvas) {
    var source = document.getElementById(canvas.dataset.chart);
    if (!source || !window.echarts || window.echarts.getInstanceByDom(canvas)) return;
    var chart = window.echarts.init(canvas, null, { renderer: "svg" });
    chart.setOption(option(JSON.parse(source.textContent), getComputedStyle(document.body).fontFamily));
    charts.push(chart);
  }

  function drawAll(scope) { scope.querySelectorAll("[data-chart]").forEach(draw); }

  window.addEventListener("resize", function () { charts.forEach(function (chart) { chart.resize(); }); });
  /* Words are measured once, so the type has to be there first; nobody waits for it longer than three seconds. */
  function whenTypeIsThere(act) {
    var late = new Promise(function (done) { setTimeout(done, 3000); });
    requestAnimationFrame(function () {
      requestAnimationFrame(function () { Promise.race([document.fonts.ready, late]).then(act); });
    });
  }

  document.addEventListener("DOMContentLoaded", function () { whenTypeIsThere(function () { drawAll(document); }); });
  document.addEventListener("htmx:load", function (event) { drawAll(event.detail.elt); });
})();
